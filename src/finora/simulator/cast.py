"""The small cast: six people who are always the same, for functional and browser tests."""

from datetime import date
from typing import Final

from finora.simulator.calendar import COUNTRIES
from finora.simulator.people import Person

_COUNTRIES = {country.code: country for country in COUNTRIES}


def _person(
    name: str, mailbox: str, *, team: str, country: str, number: int, role: str = "member",
    joined: date = date(2025, 2, 3), left: date | None = None,
) -> Person:  # fmt: skip
    return Person(
        name=name,
        email=f"{mailbox}@lumenworks.test",
        role=role,
        team=team,
        country=_COUNTRIES[country],
        zone=_COUNTRIES[country].zones[0],
        joined=joined,
        left=left,
        user_id=f"user_{number:026d}",
        number=number,
    )


CAST: Final = (
    _person("Mara Okafor", "mara.okafor", team="Platform", country="DE", number=101, role="owner"),
    _person("Priya Natarajan", "priya.natarajan", team="Platform", country="IN", number=102),
    _person("Tomáš Kovář", "tomas.kovar", team="Data", country="PL", number=103),
    _person("Lee Wang", "lee.wang", team="Mobile", country="US", number=104),
    _person("Zoë Müller", "zoe.muller", team="Web", country="GB", number=105, joined=date(2026, 10, 26)),
    _person("Noa Levi", "noa.levi", team="Mobile", country="IL", number=106, left=date(2026, 11, 8)),
)
"""Mara owns the team; Zoë joined and Noa left in the sixty days before the small scenario's now."""
