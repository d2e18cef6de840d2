"""A tool: what it is called, what it takes and what answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from finora.accounts import Permission
from finora.errors import BadRequest
from finora.gate import own_only

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finora.accounts import Principal
    from finora.workspace import Workspace


class InvalidArguments(BadRequest):
    """A tool was given what it does not take."""

    code = "invalid_arguments"
    title = "These arguments cannot be used"


class Arguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a tool takes; the fields, with their descriptions, are its schema."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and what."""

    workspace: Workspace
    principal: Principal

    @property
    def own(self) -> str | None:
        """The e-mail whose usage alone they may see; none if they may see everybody's."""
        return own_only(self.principal)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: in words and a small table for whoever reads, and as data with every amount exact."""

    text: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Something an assistant can ask for.

    Attributes:
        name: What it is called by.
        title: What people read.
        description: What it gives and when to use it, for the model that chooses.
        takes: Its arguments.
        answer: What answers, given these.
        permission: What whoever asks must be allowed to do.
    """

    name: str
    title: str
    description: str
    takes: type[Arguments]
    answer: Callable[[Asker, Any], Reply]
    permission: Permission = Permission.READ_OWN

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        _, components = msgspec.json.schema_components([self.takes])
        found = components[self.takes.__name__]
        for each in found["properties"].values():
            if not each.get("default", True):  # what is empty unless given would be none of the values listed
                del each["default"]
        return {name: found[name] for name in ("type", "properties", "required", "additionalProperties")}

    def __call__(self, asker: Asker, arguments: Mapping[str, object]) -> Reply:
        """Return the answer; what is given as null counts as not given.

        Raises:
            NotPermitted: Whoever asks may not.
            InvalidArguments: It does not take these.
            FinoraError: There is no answer to them.
        """
        asker.principal.require(self.permission)
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            msgspec.json.encode(given)
            taken = msgspec.convert(given, self.takes, strict=False)
        except UnicodeEncodeError:
            raise InvalidArguments(
                "A text among the arguments is not text: half a character is missing."
            ) from None
        except msgspec.ValidationError as problem:
            raise InvalidArguments(
                f"{problem}. {self.name} takes: {', '.join(self.takes.__struct_fields__)}."
            ) from None
        return self.answer(asker, taken)
