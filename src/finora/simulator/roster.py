"""Who is a member at a moment, as the API sees it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from finora.simulator.behaviour import Behaviour
from finora.simulator.people import Person
from finora.simulator.publication import Publication


@dataclass(frozen=True)
class Member:
    """A person's seat at a moment. `actor` is their position in the company's people."""

    actor: int
    person: Person
    removed_ms: int | None

    def member_id(self, *, numeric: bool) -> str | int:
        """The id that members and spend share."""
        return self.person.number if numeric else self.person.user_id


def roster(publication: Publication, behaviour: Behaviour, now_ms: int) -> list[Member]:
    """Everyone who has or had a seat by now and whom Cursor still lists, in the order they are kept."""
    listed = []
    for actor, person in enumerate(publication.company.people):
        if person.joined_ms > now_ms:
            continue
        vanished = publication.left_at.get(actor)
        if vanished is not None and vanished <= now_ms:
            if publication.faults.vanished_flagged:
                listed.append(Member(actor, person, vanished))
        elif person.left_ms is None or person.left_ms > now_ms:
            listed.append(Member(actor, person, None))
        elif behaviour.removed_members == "flagged":
            listed.append(Member(actor, person, person.left_ms))
    return listed


def iso(ms: int) -> str:
    """A moment as ISO 8601 with milliseconds, the way JavaScript writes it."""
    return datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1_000:03d}Z"
