"""What can be wrong with subscriptions, one class per case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finora.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one field of what was entered; `line` is the line of a file, or none for a form."""

    field: str
    problem: str
    line: int | None = None

    def __str__(self) -> str:
        """Return it as one clause."""
        place = f"line {self.line}, {self.field}" if self.line is not None else self.field
        return f"{place}: {self.problem}"


class SubscriptionNotFound(NotFound):
    """There is no such subscription."""

    code = "subscription_not_found"
    title = "No such subscription"


class TermsNotFound(NotFound):
    """No terms that can be taken back begin on that day."""

    code = "terms_not_found"
    title = "No such change of terms"


class InvalidSubscription(BadRequest):
    """Fields of a subscription cannot be used as entered; `errors` names each with its problem."""

    code = "invalid_subscription"
    status = 422
    title = "The subscription cannot be kept as entered"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(
            f"{'; '.join(str(flaw) for flaw in flaws)}.",
            errors=[{"field": flaw.field, "problem": flaw.problem} for flaw in flaws],
        )
        self.flaws = tuple(flaws)


class InvalidImport(BadRequest):
    """A file cannot be imported; nothing of it was. `errors` names line, field and problem of each flaw."""

    code = "invalid_import"
    status = 422
    title = "Nothing was imported"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        shown = "; ".join(str(flaw) for flaw in flaws[:_SHOWN])
        more = f"; and {len(flaws) - _SHOWN} more" if len(flaws) > _SHOWN else ""
        super().__init__(
            f"The file has {len(flaws)} {'problem' if len(flaws) == 1 else 'problems'}: {shown}{more}.",
            errors=[{"line": flaw.line, "field": flaw.field, "problem": flaw.problem} for flaw in flaws],
        )
        self.flaws = tuple(flaws)


class NotLinked(Conflict):
    """Seat use was asked of a subscription that is not linked to a connection."""

    code = "not_linked"
    title = "The subscription is not linked to a connection"


_SHOWN = 10
