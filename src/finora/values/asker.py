"""Who asks: what a request is worked on for, known from its context as `patience` is, so that turns can be somebody's."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASKING: ContextVar[str] = ContextVar("asker", default="")


def present_asker() -> str:
    """Return a text for who asks here, the same for all they ask; empty where nobody said, as in a command."""
    return _ASKING.get()


@contextmanager
def asking(asker: str) -> Iterator[None]:
    """Let what is done in the block, also in threads that it starts, be done for an asker."""
    token = _ASKING.set(asker)
    try:
        yield
    finally:
        _ASKING.reset(token)
