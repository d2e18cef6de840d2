"""Asking for what must not be seen: passwords and keys, on a terminal only."""

from __future__ import annotations

import getpass
import warnings
from typing import ClassVar

import typer

from finora.errors import BadRequest


class NoTerminal(BadRequest):
    """A command would ask for a secret, and nobody can be asked."""

    title: ClassVar[str] = "There is no terminal"


def ask_for_secret(what: str, *, option: str, twice: bool = False) -> str:
    """Return what somebody types without it being shown.

    Args:
        what: What is asked for, as the prompt says it.
        option: The option that reads it from standard input instead, for the message.
        twice: Whether it has to be typed again, so that a slip is noticed.

    Raises:
        NoTerminal: There is no terminal, or one that would show what is typed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            typed: str = typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True)
        except getpass.GetPassWarning:
            typer.echo(err=True)
            raise NoTerminal(
                f"{what} cannot be asked for without being shown. Give it on standard input with {option}, or run the command "
                "in a terminal: `docker compose exec` gives one, `docker exec` and `kubectl exec` do with -it."
            ) from None
    return typed
