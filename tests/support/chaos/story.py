"""One seed's story: a company or two, a provider and a machine that fail, and what Finora knows at the end of it.

After each step and at random moments in between, what is stored is compared with what could be known by then. At the end
everything calms down, Finora refreshes as it always does, and every sum is compared with the truth.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from finora.accounts.passwords import Passwords
from finora.errors import FinoraError, StorageError
from finora.settings import Settings
from finora.simulator import UNLIMITED, Behaviour, Faults
from finora.simulator.roster import roster
from finora.spend.query import Filter, Operator, SpendQuery
from finora.spend.statement import Statement
from finora.storage.events import DuckDBEventStore
from finora.storage.ledger import open_ledger
from finora.sync import Cause
from finora.values.interval import Interval
from finora.values.period import Period, Span, from_ms
from finora.vault import open_vault
from finora.workspace import Edges, Workspace, _assembled, refuse_strangers
from support.chaos.baton import together
from support.chaos.mishaps import Mishaps
from support.chaos.seams import Lock, WorldClock, instrumented
from support.chaos.stage import Actor, Crash, Stage, Trouble
from support.chaos.witness import Witness, day
from support.simulated import DAY_MS, NOW, AtOnce, company, pass_time, simulation, workspace_of_one_thread

if TYPE_CHECKING:
    from finora.simulator import Simulation
    from finora.storage.ledger import Ledger
    from support.chaos.witness import Figures

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, for what is written there is never synced
_ALL = Period.absolute(NOW - timedelta(days=900), NOW + timedelta(days=900))
_METRICS = ("spend", "usage_value", "events")
_LONGEST_HORIZON_DAYS = 190
_MARGIN_DAYS = 30
"""How much further back is read than history goes: a story takes less, whatever its clock says."""
_TROUBLES = ("", "", "crash", "crash", "crash", "torn", "torn", "disk_full", "two", "two")


@dataclass(frozen=True)
class Told:
    """What befell in a story."""

    seen: Counter[str]


@dataclass
class Process:
    """A Finora that runs."""

    actor: Actor
    workspace: Workspace
    ledger: Ledger
    store: DuckDBEventStore


def tell(seed: int) -> Told:
    """Tell a seed's story.

    Raises:
        AssertionError: Finora is not where it should be.
    """
    with ExitStack() as closing:
        memory = _MEMORY if _MEMORY.is_dir() else None
        room = Path(closing.enter_context(tempfile.TemporaryDirectory(dir=memory)))
        return _Story(seed, room).tell()


class _Story:
    def __init__(self, seed: int, room: Path) -> None:
        self.dice = Random(seed)  # noqa: S311 - a story needs no secrecy
        self.room = room
        self.faults = _faults(self.dice)
        # A clock that jumps while the provider answers with nothing could make any silence look old.
        self.jumps = not self.faults.outage_requests and self.dice.random() < 0.4
        self.horizon_days = _LONGEST_HORIZON_DAYS
        self.simulated = self._provider()
        self.stage = Stage(room / "data", self.dice)
        self.stage.folder.mkdir()
        (self.stage.folder / "ledger.sqlite").write_bytes(_empty_ledger())
        self.clock = WorldClock(self.stage, self.simulated.clock)
        self.mishaps = Mishaps(seed, self.simulated, self.stage)
        self.mishaps.replace_key = self._replace_key
        self.witness = Witness(self.simulated, self.stage, self.dice, self.mishaps)
        self.stage.look = self._look
        self.process: Process | None = None
        self.connections: dict[int, str] = {}

    def _provider(self) -> Simulation:
        dice = self.dice
        lengths = [dice.choice((4, 12, 25, 38, 38, 160)) for _ in range(dice.choice((1, 1, 2)))]
        if dice.random() < 0.7:
            self.horizon_days = max(lengths) + _MARGIN_DAYS
        made = [
            company(
                dice.randrange(10_000),
                seats=dice.randint(2, 5),
                days=days,
                events=dice.choice((0, 12, 40, 80)),
                after=dice.randint(0, 8),
            )
            for days in lengths
        ]
        behaviour = replace(
            UNLIMITED if dice.random() < 0.7 else Behaviour(),
            empty_pages=dice.randint(0, 1),
            plan=dice.choice(("enterprise", "teams")),
            numeric_ids=dice.random() < 0.3,
            removed_members=dice.choice(("flagged", "absent")),
        )
        return simulation(*made, faults=self.faults, behaviour=behaviour)

    def tell(self) -> Told:
        size, eager = self.dice.choice((3, 9, 40, 1000)), self.dice.random() < 0.2
        with instrumented(self.stage, self.dice.getrandbits(64), page_size=size, eager_checkpoints=eager):
            try:
                self._run()
            finally:
                self._drop()
                self.witness.leave()
        answers = self.simulated.requests
        self.stage.seen["requests"] += sum(answers.values())
        self.stage.seen["refused or broken answers"] += sum(
            count for (_path, status), count in answers.items() if status != 200
        )
        return Told(self.stage.seen)

    # What happens

    def _run(self) -> None:
        self._boot()
        for _step in range(self.dice.randint(2, 4)):
            self._set_clock()
            self._step(self.dice.choice(_TROUBLES))
            self._wait(self.dice.choice((0, 0.1, 1, 6, 26, 60)))
        self._settle()

    def _wait(self, hours: float) -> None:
        """Let time go by; an outage lasts for hours, and for days only where it can be told from an empty team."""
        pass_time(self.simulated, hours=hours)
        if hours > 10 and not sum(self.witness.total(team)[2] for team in self.witness.teams.values()):
            self.simulated.faults = replace(self.simulated.faults, outage_requests=0)

    def _step(self, kind: str) -> None:
        self.stage.seen[f"steps {kind or 'plain'}"] += 1
        if kind == "two":
            self._two_at_once()
        else:
            self._act(Trouble(kind, self._moment(), self.dice.randint(1, 200)) if kind else None)
        self._meddle()

    def _moment(self) -> int:
        return int(self.dice.choice((40, 300, 1500)) * self.dice.random()) + 1

    def _act(self, trouble: Trouble | None) -> None:
        """Let the process do its work; if it dies, another takes its place."""
        process = self._running()
        process.actor.trouble = trouble
        process.actor.crossings = 0
        try:
            with self.stage.acting(process.actor):
                self._work(process)
        except Crash:
            self._drop()
            self._boot()
            return
        except StorageError:
            self.stage.seen["storage errors told"] += 1
        process.actor.trouble = None
        if trouble is not None and trouble.kind == "disk_full":
            self._learn_of_failure(process)
        if self.dice.random() < 0.2:
            self._restart()

    def _learn_of_failure(self, process: Process) -> None:
        """A window that could not be stored is not stored."""
        self.witness.doubt = None
        self.witness.check(process.store)

    def _work(self, process: Process) -> None:
        self._connect(process.workspace)
        process.workspace.schedule.run_due()

    def _connect(self, workspace: Workspace) -> None:
        for team in range(len(self.simulated.teams)):
            known = {
                each.number: workspace.connections.credentials(each)["api_key"]
                for each in workspace.connections.all()
            }
            keys = self.simulated.keys[team]
            if not {keys.admin, keys.spare} & set(known.values()):
                with suppress(FinoraError):  # a person at a form tries again
                    workspace.connections.connect(
                        "cursor", f"Team {team}", {"api_key": keys.admin}, by="owner@acme.test", confirm=True
                    )
            self._recognise(workspace)

    def _recognise(self, workspace: Workspace) -> None:
        """Tell the witness which connection is which team."""
        with self.stage.acting(None):
            for each in workspace.connections.all():
                key = workspace.connections.credentials(each)["api_key"]
                for team, keys in enumerate(self.simulated.keys):
                    if key in (keys.admin, keys.spare):
                        self.witness.teams[each.number] = team
                        self.connections[each.number] = each.id

    def _two_at_once(self) -> None:
        """Let a second process share ledger and store, and let both work in turns; one of them may die."""
        first = self._running()
        with self.stage.acting(None):
            self._connect(first.workspace)
            same = self.dice.random() < 0.5
            actor = self.stage.cast(first.actor.machine if same else "elsewhere", "second")
            ledger = self._open_ledger()
            second = Process(actor, self._assemble(ledger, first.store), ledger, first.store)
        doomed = self.dice.choice((None, first, second))
        for process in (first, second):
            process.actor.crossings = 0
            process.actor.trouble = Trouble("crash", self._moment()) if process is doomed else None
        self.stage.alone = False
        problems = together(
            self.stage,
            self.dice,
            [(each.actor, each.workspace.schedule.run_due) for each in (first, second)],
        )
        self.stage.alone = True
        for problem in problems:
            if problem is not None and not isinstance(problem, Crash | StorageError):
                raise problem
        self.witness.resolve(first.store)
        self.witness.check(first.store)
        if any(isinstance(problem, Crash) for problem in problems):
            survivor = second if not first.actor.alive else first
            pass_time(self.simulated, seconds=self.dice.choice((0, 30, 200)))
            with self.stage.acting(survivor.actor):
                survivor.workspace.schedule.run_due()
            self.stage.seen["survivors"] += 1
        with self.stage.acting(None):
            second.ledger.close()
            second.actor.alive = False
        self._restart()

    def _set_clock(self) -> None:
        if self.jumps and self.dice.random() < 0.5:
            self.clock.wrong = timedelta(hours=self.dice.choice((0, 0, -72, -30, -1, 1, 30, 72)))
            self.stage.seen["clock jumps"] += 1

    def _meddle(self) -> None:
        """Do what people do: revoke keys, replace them, ask for a span, lose a colleague."""
        choice = self.dice.choice(("", "", "", "revoke", "span", "leave"))
        process = self._running()
        if choice == "revoke":
            for each in process.workspace.connections.all():
                team = self.witness.teams[each.number]
                keys = self.simulated.keys[team]
                self.simulated.ring.revoke(keys.admin)
                with suppress(FinoraError):
                    process.workspace.connections.rotate(each.id, {"api_key": keys.spare})
                self.stage.seen["keys revoked"] += 1
        elif choice == "span" and self.connections:
            end = self.clock.now()
            span = Span(
                end - timedelta(days=self.dice.randint(1, 50)),
                end - timedelta(hours=self.dice.randint(0, 20)),
            )
            process.workspace.schedule.request(self.dice.choice(sorted(self.connections.values())), span)
        elif choice == "leave" and self.faults.vanishing_people:
            people = self.simulated.teams[0].company.people
            self.simulated.remove_member(self.dice.choice(people[1:]).email)
            self.stage.seen["people removed"] += 1

    def _replace_key(self, team: int) -> None:
        """Enter a team's other key while a sync of it runs."""
        process = self._running()
        with self.stage.acting(None), suppress(FinoraError):
            for each in process.workspace.connections.all():
                if self.witness.teams.get(each.number) == team:
                    process.workspace.connections.rotate(
                        each.id, {"api_key": self.simulated.keys[team].spare}
                    )
                    self.stage.seen["keys replaced in a sync"] += 1

    # Processes

    def _running(self) -> Process:
        assert self.process is not None
        return self.process

    def _boot(self) -> None:
        """Open what the files hold; dying meanwhile is possible as well."""
        trouble = Trouble("crash", self.dice.randint(1, 60)) if self.dice.random() < 0.15 else None
        while True:
            actor = self.stage.cast("here", "first", trouble)
            try:
                with self.stage.acting(actor):
                    ledger = self._open_ledger()
                    store = DuckDBEventStore(self.stage.folder / "events.duckdb")
                    workspace = self._assemble(ledger, store)
                    refuse_strangers(workspace)
                    if not store.connections():
                        workspace.connections.name_all()
            except Crash:
                self._drop()
                trouble = None
                continue
            break
        actor.trouble = None
        self.process = Process(actor, workspace, ledger, store)
        self._recognise(workspace)
        with self.stage.acting(None):
            self.witness.resolve(store)
            self.witness.check(store)
        self.witness.attend(store)
        store._file.writing = Lock(self.stage)  # type: ignore[assignment]

    def _open_ledger(self) -> Ledger:
        return open_ledger(f"sqlite:///{self.stage.folder / 'ledger.sqlite'}")

    def _assemble(self, ledger: Ledger, store: DuckDBEventStore) -> Workspace:
        settings = Settings(
            data_dir=self.stage.folder,
            cursor_requests_per_minute=self.dice.choice((0, 0, 45)),
            sync_horizon_days=self.horizon_days,
        )
        edges = Edges(clock=self.clock, transport=self.witness, passwords=Passwords(), aside=AtOnce, ahead=0)
        return _assembled(settings, edges, ledger, store, open_vault(settings, ledger, self.clock))

    def _restart(self) -> None:
        process = self._running()
        self.process = None
        with self.stage.acting(None):
            process.store.close()
            process.ledger.close()
        process.actor.alive = False
        self._boot()

    def _drop(self) -> None:
        """Let go of a process that died, without a word to it."""
        self.process = None
        self.stage.strike()

    # Looking

    def _look(self) -> None:
        """Look as a reader does who comes at any moment: one state, whose parts are its whole."""
        if self.process is None:
            return
        self.witness.look(self.process.store)
        dimension = self.dice.choice(("person", "model", "event_type"))
        query = SpendQuery(
            metrics=_METRICS, dimensions=(dimension,), period=_ALL, interval=Interval.MONTH, limit=3
        )
        answer = self.process.workspace.spend.answer(query)
        rest = [answer.other.values] if answer.other else []
        parts = [group.values for group in answer.groups] + rest
        assert answer.totals.values == tuple(sum(part[place] or 0 for part in parts) for place in range(3))

    def _settle(self) -> None:
        """Let all calm down, refresh as Finora does by itself, and compare every sum with the truth."""
        self.clock.wrong = timedelta()
        self.mishaps.calm()
        pass_time(self.simulated, days=9)
        self._act(None)
        self.simulated.settle()
        self._reconnect()
        workspace = self._running().workspace
        for hours in (1, 25):
            pass_time(self.simulated, hours=hours)
            runs = workspace.schedule.run_due()
            assert {run.state for run in runs} <= {"completed"}, [run.error for run in runs]
        assert {run.connection_id for run in runs} == set(self.connections.values())
        if self.faults.drift_events:  # some of it showed only now, too old for a refresh to come by
            self._read_all()
        self._compare()
        if not self.faults.retention_days and not self.faults.vanishing_people and self.dice.random() < 0.3:
            self._read_all()
            self._compare_types()

    def _reconnect(self) -> None:
        """Connect what is not connected yet, and give keys that work to what is failing."""
        workspace = self._running().workspace
        self._connect(workspace)
        for each in workspace.connections.all():
            keys = self.simulated.keys[self.witness.teams[each.number]]
            if workspace.connections.credentials(each)["api_key"] == keys.admin:
                workspace.connections.rotate(each.id, {"api_key": keys.spare}, confirm=True)
        assert sorted(self.witness.teams.values()) == list(range(len(self.simulated.teams))), (
            "a team is connected twice"
        )

    def _read_all(self) -> None:
        workspace = self._running().workspace
        start = (NOW - timedelta(days=self.horizon_days)).replace(hour=0)
        for each in self.connections.values():
            workspace.schedule.request(each, Span(start, workspace.clock.now()))
        assert {run.state for run in workspace.schedule.run_due()} == {"completed"}

    def _compare(self) -> None:
        process = self._running()
        self.witness.check(process.store)
        for number, team in self.witness.teams.items():
            truth, rows = self.simulated.truth_of(team), self.witness.known[team].rows
            missing = set(truth.visible().tolist()) - set(rows.tolist())
            assert not missing, f"{len(missing)} events that the provider shows are not stored"
            final = truth.total(rows)
            if not self.faults.retention_days:
                final = truth.total()
                assert self.witness.total(team) == (final.spend_nano, final.value_nano, final.events)
            for dimension in ("person", "model", "kind", "day", "cycle"):
                expected = self.witness.by(team, dimension)
                found = _answered(process.workspace, self.connections[number], dimension, expected)
                assert found == expected, dimension
            self._compare_with_bill(number, team)
            features, types = self.witness.by(team, "feature"), self._types(process.workspace, number)
            for proven in ("automation", "cloud_agent"):
                assert types.get(proven) == features.get(proven), proven

    def _compare_with_bill(self, number: int, team: int) -> None:
        """Make sure that the provider's own totals agree, or differ only for those whom it does not list or name any more."""
        (cycle, *_former) = self._running().workspace.reconciler.cycles(self.connections[number])
        members, lost = self._members(), self.faults.vanishing_people > 0
        wrong = [
            line
            for line in cycle.lines
            if line.difference
            and (line.cause != Cause.REMOVED_MEMBER or (not lost and (team, line.person) in members))
        ]
        assert not wrong or self.faults.retention_days, f"the bill differs: {wrong}"
        self.stage.seen["bills that agree to the nano"] += cycle.agrees

    def _compare_types(self) -> None:
        """Make sure that types are told as a Finora tells them that met no trouble."""
        self.witness.check(self._running().store)
        room, days = self.room / "calm", self.horizon_days
        with workspace_of_one_thread(self.simulated, room, sync_horizon_days=days) as calm:
            numbers = {}
            for team, keys in enumerate(self.simulated.keys):
                made = calm.connections.connect(
                    "cursor", "", {"api_key": keys.spare}, by="owner@acme.test", confirm=True
                )
                numbers[made.number] = team
            calm.schedule.run_due()
            theirs, ours = (
                _typed(calm, numbers),
                _typed(self._running().workspace, self.witness.teams),
            )
            assert not theirs - ours, f"types differ: {list(theirs - ours)[:5]}"
            # Daily counts list present members alone: of those who left, ours may know more, for it read them in time.
            more = {(team, person) for team, person, *_ in ours - theirs} & self._members()
            assert not more, f"types differ: {more}"
        self.stage.seen["compared with a calm one"] += 1

    def _members(self) -> set[tuple[int, str]]:
        """Return whom the provider lists by now, with their team."""
        behaviour, now = self.simulated.behaviour, self.simulated.clock.now_ms()
        return {
            (number, member.person.email.lower())
            for number, team in enumerate(self.simulated.teams)
            for member in roster(team, behaviour, now)
        }

    def _types(self, workspace: Workspace, number: int) -> dict[str, Figures]:
        return _answered(workspace, self.connections[number], "event_type", {})


def _typed(workspace: Workspace, teams: dict[int, int]) -> Counter[tuple[object, ...]]:
    """Return the events whose type is known, by team and person."""
    statement = Statement(
        "SELECT connection, p.key, ts, m.key, t.key, coalesce(cost, 0) FROM events JOIN models m ON m.id = model "
        "JOIN persons p ON p.id = person JOIN event_types t ON t.id = event_type WHERE basis <> 0"
    )
    with workspace.store.snapshot() as reader:
        return Counter((teams[int(str(number))], *more) for number, *more in reader.fetch(statement))


def _answered(
    workspace: Workspace, connection_id: str, dimension: str, cycles: dict[str, Figures]
) -> dict[str, Figures]:
    """Return a workspace's own answer to what `Witness.by` tells, those of nothing left out."""
    of = (Filter(Operator.IS, "connection", (connection_id,)),)
    found: dict[str, tuple[int | None, ...]] = {}
    if dimension == "day":
        result = workspace.spend.answer(
            SpendQuery(metrics=_METRICS, filters=of, period=_ALL, interval=Interval.DAY)
        )
        days = [day(round(bucket.timestamp() * 1000)) for bucket in result.buckets]
        found = dict(zip(days, result.totals.series, strict=True))
    elif dimension == "cycle":
        starts = sorted(int(start) for start in cycles)
        for start in starts:
            following = [later for later in starts if later > start]
            period = Period.absolute(from_ms(start), from_ms(min([*following, start + 40 * DAY_MS])))
            found[str(start)] = workspace.spend.answer(
                SpendQuery(metrics=_METRICS, filters=of, period=period)
            ).totals.values
    else:
        query = SpendQuery(metrics=_METRICS, dimensions=(dimension,), filters=of, period=_ALL, limit=10_000)
        found = {group.keys[0]: group.values for group in workspace.spend.answer(query).groups}
    return {key: (values[0] or 0, values[1] or 0, values[2]) for key, values in found.items() if values[2]}


def _faults(dice: Random) -> Faults:
    """Return any mix of what can go wrong; keys are lost in the story itself."""

    def share(most: int) -> int:
        return dice.choice((0, dice.randint(1, most)))

    def odds() -> bool:
        return dice.random() < 0.5

    return Faults(
        seed=dice.randrange(10_000),
        in_a_row=dice.randint(1, 4),
        late_permille=share(200),
        revised_permille=share(400),
        drift_events=dice.choice((0, 0, 5)),
        twin_permille=share(100),
        vanishing_people=dice.choice((0, 0, 1, 2)),
        vanished_flagged=odds(),
        rate_limited_permille=share(100),
        rate_limited_burst=dice.randint(1, 6),
        retry_after_missing=odds(),
        retry_after_date=odds(),
        error_permille=share(100),
        gateway_permille=share(100),
        dropped_permille=share(80),
        truncated_permille=share(80),
        retention_days=dice.choice((0, 0, 0, 3, 7, 30)),
        unknown_kind_permille=share(50),
        unknown_model_permille=share(50),
        extra_field_permille=share(100),
        free_bugbot=odds(),
        numeric_ids=odds(),
        number_strings=odds(),
        float_noise=odds(),
        null_fields=odds(),
        mixed_case_emails=odds(),
        empty_page_permille=share(80),
        wrong_total_permille=share(80),
        endless_permille=share(150),
        outage_after=dice.randint(0, 60),
        outage_requests=dice.choice((0, 0, 1, 3, 20)),
        deleted_groups=dice.randint(0, 2),
    )


@cache
def _empty_ledger() -> bytes:
    """Return the file of a ledger with all its tables and nothing in them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite"
        open_ledger(f"sqlite:///{file}").close()
        return file.read_bytes()
