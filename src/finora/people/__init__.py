"""People, teams and their identities across providers, and what they cost."""

from finora.people.belonging import KnownTeam
from finora.people.directory import Asked, Directory, Favourite
from finora.people.figures import Amounts, Figures, Line, TeamLine, sum_of
from finora.people.listing import PEOPLE_SORTS, TEAM_SORTS, TEXTS, Selection, people_of, teams_of
from finora.people.roster import UNATTRIBUTED, Kind, Somebody, State
from finora.people.seat_memory import SeatMemory
from finora.people.service import KnownPerson, People
from finora.people.teams import Teams

__all__ = [
    "PEOPLE_SORTS",
    "TEAM_SORTS",
    "TEXTS",
    "UNATTRIBUTED",
    "Amounts",
    "Asked",
    "Directory",
    "Favourite",
    "Figures",
    "Kind",
    "KnownPerson",
    "KnownTeam",
    "Line",
    "People",
    "SeatMemory",
    "Selection",
    "Somebody",
    "State",
    "TeamLine",
    "Teams",
    "people_of",
    "sum_of",
    "teams_of",
]
