"""Entity tags: what an answer was, in a word, so that who still has it need not get it again (RFC 9110, 8.8.3 and 13.1.2).

Only answers that are nothing but figures have one. Pages have none: they tell how long ago something was read, what was
just done and what is amiss, hold the proof that a form is meant, and follow theme and preferences; browsers may not keep
them anyway (`no-store`), so that nothing would be won.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request


def entity_tag(state: str, *form: str) -> str:
    """Return the tag of an answer: weak, because equal tags stand for equal figures and not for equal bytes.

    Args:
        state: From `Spend.state_of`, asked for before the answer.
        form: How the figures are written, where one question is answered in several ways.
    """
    return f'W/"{"-".join((state, *form))}"'


def unchanged(request: Request, tag: str) -> Response | None:
    """Return the answer to who has what a tag stands for already, and none for everybody else."""
    given = request.headers.getlist("if-none-match")
    held = {each.strip().removeprefix("W/") for line in given for each in line.split(",")}
    if tag.removeprefix("W/") not in held and "*" not in held:
        return None
    return Response(status_code=304, headers={"ETag": tag})
