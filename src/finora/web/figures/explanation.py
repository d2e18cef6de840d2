"""Why a key was not taken, set out so that its causes can be gone through one by one."""

import re
from dataclasses import dataclass

from finora.connections import InvalidKeyText
from finora.errors import FinoraError

_CAUSES = re.compile(
    r"^(?P<lead>.*?) Usual causes: (?P<causes>[^.]*(?:\.[^\s][^.]*)*)\.(?P<rest>.*)$", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What to tell of a problem. `of_text` says that the fault lies in the text of the field alone."""

    title: str
    lead: str
    causes: tuple[str, ...] = ()
    rest: str = ""
    of_text: bool = False


def explained(problem: FinoraError | None) -> Explanation | None:
    """Return a problem set out; the list of causes in its message, if it has one, as a list."""
    if problem is None:
        return None
    found = _CAUSES.match(problem.message)
    if found is None:
        return Explanation(
            title=problem.title, lead=problem.message, of_text=isinstance(problem, InvalidKeyText)
        )
    causes = tuple(cause.strip() for cause in found["causes"].split(";"))
    return Explanation(title=problem.title, lead=found["lead"], causes=causes, rest=found["rest"].strip())
