"""A Cursor with one team or several, a clock, and a control door that the API does not have."""

from collections import Counter
from dataclasses import dataclass, replace

from finora.simulator.behaviour import Behaviour
from finora.simulator.clock import Clock
from finora.simulator.company import Company
from finora.simulator.disturbances import Disturbances
from finora.simulator.faults import Faults
from finora.simulator.identifiers import token
from finora.simulator.keys import Access, Key, KeyRing, made_up_key
from finora.simulator.limits import MinuteLimit
from finora.simulator.publication import Publication
from finora.simulator.truth import Truth


@dataclass(frozen=True)
class TeamKeys:
    """Keys of one team, good and bad."""

    admin: str
    spare: str
    usage_only: str
    personal: str
    organization: str
    wrong_scope: str
    revoked: str


class Simulation:
    """What the API serves. `companies` are the teams; keys, limits and faults are the same for each.

    Attributes:
        keys: keys of each team, by its position.
        requests: answers given so far, by (endpoint, status); dropped connections count as status 0.
        answering: requests about events that are being answered.
        most_at_once: how many of them there were at once.
    """

    def __init__(
        self,
        *companies: Company,
        clock: Clock,
        faults: Faults | None = None,
        behaviour: Behaviour | None = None,
    ) -> None:
        self.clock = clock
        self.faults = faults or Faults.none()
        self.behaviour = behaviour or Behaviour()
        self.teams = tuple(Publication(company, self.faults) for company in companies)
        self.keys = tuple(_keys(company.seed, position) for position, company in enumerate(companies))
        self.ring = KeyRing(
            [key for position, keys in enumerate(self.keys) for key in _given_out(keys, position)]
        )
        self.limit = MinuteLimit()
        self.disturbances = Disturbances(self.faults)
        self.requests: Counter[tuple[str, int]] = Counter()
        self.admitted = 0
        self.event_requests = 0
        self.answering = 0
        self.most_at_once = 0

    @property
    def key(self) -> str:
        """A good key of the first team."""
        return self.keys[0].admin

    @property
    def truth(self) -> Truth:
        """What really happened to the first team."""
        return self.truth_of(0)

    def truth_of(self, team: int) -> Truth:
        """What really happened to a team."""
        return Truth(self.teams[team], self.clock)

    @property
    def organization_id(self) -> str:
        """Id of the organization that all teams are in."""
        return f"org_{token(self.teams[0].company.seed, 'organization', 20)}"

    def team_id(self, team: int) -> int:
        """The number under which the organization knows a team."""
        return 5_000_000 + 1_000 * team + self.teams[team].company.seed % 1_000

    def settle(self) -> None:
        """Let everything calm down, and the clock go on to when all that was late or provisional is final.

        Requests succeed from now on, keys that were to fail do not, and events to come show at once. What
        retention has forgotten, lost addresses and unknown fields stay as they are.
        """
        now = self.clock.now_ms()
        self.clock.advance(max(team.settled_by(now) for team in self.teams) - now)
        for team in self.teams:
            team.settle()
        self.faults = replace(self.faults.calmed(), revoked_at=0, unscoped_at=0)
        self.disturbances = Disturbances(self.faults)

    def delete_group(self, name: str, *, team: int = 0) -> None:
        """Delete a billing group now: its whole history moves to Unassigned."""
        self.teams[team].deleted_groups[name] = self.clock.now_ms()

    def remove_member(self, email: str, *, team: int = 0) -> None:
        """Remove a person now: from now on their events come without an address.

        Raises:
            KeyError: no such person.
        """
        publication = self.teams[team]
        actors = {person.email: index for index, person in enumerate(publication.company.people)}
        publication.left_at[actors[email.lower()]] = self.clock.now_ms()


def _keys(seed: int, position: int) -> TeamKeys:
    made = {name: made_up_key(seed, f"{position} {name}") for name in TeamKeys.__dataclass_fields__}
    return TeamKeys(**made | {"spare": made_up_key(seed, f"{position} spare", prefix="key_")})


def _given_out(keys: TeamKeys, team: int) -> list[Key]:
    return [
        Key(keys.admin, Access.TEAM, team),
        Key(keys.spare, Access.TEAM, team),
        Key(keys.usage_only, Access.TEAM, team, frozenset({"usage:*"})),
        Key(keys.personal, Access.PERSONAL, team),
        Key(keys.organization, Access.ORGANIZATION, team),
        Key(keys.wrong_scope, Access.TEAM, team, frozenset({"models:read"})),
    ]
