"""`GET /teams/members`: section 10.1."""

from typing import Any, Final

from finora.simulator.asking import Ask, Endpoint
from finora.simulator.roster import roster


def members(ask: Ask) -> dict[str, Any]:
    """Everyone with a seat; those removed are flagged, or missing where the settings or faults say so."""
    behaviour, publication = ask.simulation.behaviour, ask.publication
    numeric = behaviour.numeric_ids or publication.faults.numeric_ids
    return {
        "teamMembers": [
            {
                "id": member.member_id(numeric=numeric),
                "email": member.person.email,
                "name": member.person.name,
                "role": member.person.role,
                "isRemoved": member.removed_ms is not None,
            }
            for member in roster(publication, behaviour, ask.now_ms)
        ]
    }


ENDPOINTS: Final = (Endpoint("GET", "/teams/members", members),)
