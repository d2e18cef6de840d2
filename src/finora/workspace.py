"""A workspace: all of one Finora, put together from its settings.

This is the one place that chooses implementations. Faces get a `Workspace` and ask its rooms.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from finora.accounts import Accounts
from finora.accounts.passwords import Passwords
from finora.ask import Ask, FlatRates, Known, LanguageModel
from finora.connections import Connections
from finora.errors import ConfigurationError, StorageError
from finora.mail import MailServer
from finora.openid import OpenIdProvider
from finora.people import Directory, People, SeatMemory, Teams
from finora.providers.base import Line
from finora.providers.pace import Pacing
from finora.providers.registry import all_providers
from finora.spend.service import Spend
from finora.storage import data_dir
from finora.storage.events import DuckDBEventStore, parse_events_address
from finora.storage.ledger import LedgerTurns, check_address, new_id, open_ledger
from finora.subscriptions import Catalogue, FlatCharges, Seats, Subscriptions
from finora.sync import HeldEvents, Notices, Reconciler, Schedule, SyncRunner, SyncRuns, Workshop
from finora.sync.ahead import AHEAD
from finora.values.clock import SystemClock
from finora.vault import check_master_key, open_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor
    from datetime import datetime

    import httpx

    from finora.providers.base import Provider
    from finora.settings import Settings
    from finora.spend.store import EventStore
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock
    from finora.vault import Vault


class StrangeEvents(StorageError):
    """Ledger and event store do not belong together."""

    code = "strange_events"
    title = "The ledger and the event store do not belong together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The machine's edges, which tests replace.

    `aside` makes the thread in which a run's windows are stored while it reads on; so many windows are read `ahead` meanwhile, 0 of
    them where all has to happen in the same order each time, and none says that it depends on the pace.
    """

    clock: Clock = field(default_factory=SystemClock)
    transport: httpx.BaseTransport | None = None
    passwords: Passwords = field(default_factory=Passwords)
    aside: Callable[[], Executor] = lambda: ThreadPoolExecutor(1, "finora-storing")
    ahead: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The rooms of one Finora."""

    settings: Settings
    clock: Clock
    ledger: Ledger
    store: EventStore
    vault: Vault
    accounts: Accounts
    people: People
    teams: Teams
    directory: Directory
    providers: Mapping[str, Provider]
    connections: Connections
    spend: Spend
    subscriptions: Subscriptions
    seats: Seats
    ask: Ask
    runs: SyncRuns
    held: HeldEvents
    notices: Notices
    reconciler: Reconciler
    schedule: Schedule
    mail: MailServer | None
    openid: OpenIdProvider | None


@contextmanager
def open_workspace(
    settings: Settings, edges: Edges | None = None, *, change_days: bool = False
) -> Iterator[Workspace]:
    """Open a workspace, and close it at the end of the block.

    With `change_days` events are summed by the settings' days even where several servers share them, who then are to be stopped.

    Raises:
        ConfigurationError: A setting is wrong.
        StorageError: The data directory or a database in it cannot be used; the message says what to do, and nothing
            was changed.
    """
    edges = edges or Edges()
    for problem in unfit(settings):
        raise problem
    data_dir.prepare(settings.data_dir)
    with ExitStack() as closing:
        closing.enter_context(data_dir.held(settings.data_dir))
        ledger = open_ledger(settings.ledger_url)
        closing.callback(ledger.close)
        vault = open_vault(settings, ledger, edges.clock)
        store = _event_store(settings, ledger, edges.clock, change_days=change_days)
        closing.callback(store.close)
        workspace = _assembled(settings, edges, ledger, store, vault)
        refuse_strangers(workspace)
        workspace.connections.end_removals()
        if not store.connections():
            workspace.connections.name_all()
        closing.callback(workspace.schedule.stop)
        yield workspace


def unfit(settings: Settings) -> Iterator[ConfigurationError]:
    """Yield what is wrong with settings that can be read but not used, as far as that shows without a file."""
    yield from _unfit_events(settings)
    yield from _half_given(settings)
    try:
        check_address(settings.ledger_url)
    except ConfigurationError as problem:
        yield problem
    try:
        check_master_key(settings)
    except ConfigurationError as problem:
        yield problem


def _unfit_events(settings: Settings) -> Iterator[ConfigurationError]:
    """Yield what is wrong with where events are to be kept."""
    if not settings.events_url:
        return
    try:
        address = parse_events_address(settings.events_url, settings.data_dir)
    except ConfigurationError as problem:
        yield problem
        return
    if find_spec("clickhouse_connect") is None or (address.embedded and find_spec("chdb") is None):
        wanted = "chdb clickhouse-connect" if address.embedded else '"finora[clickhouse]"'
        yield ConfigurationError(
            f"FINORA_EVENTS_URL asks for ClickHouse, which is not installed: pip install {wanted}"
        )
    if settings.database_url.startswith("postgresql") and not (address.embedded or settings.secret_key):
        yield ConfigurationError(
            "Ledger and events are on servers that several processes can share, but each would make a master key of its own "
            "and read no other's credentials. Set FINORA_SECRET_KEY, the same for all; the first one's is in secret.key in its "
            "data directory, a new one makes: openssl rand -base64 32"
        )


def _event_store(settings: Settings, ledger: Ledger, clock: Clock, *, change_days: bool) -> EventStore:
    """Open the event store that the settings choose."""
    if not settings.events_url:
        return DuckDBEventStore(settings.events_path, settings.timezone)
    # Only whoever keeps events there has its packages.
    from finora.storage.events.clickhouse.store import ClickHouseEventStore  # noqa: PLC0415 - as said

    address = parse_events_address(settings.events_url, settings.data_dir)
    return ClickHouseEventStore(
        address,
        settings.timezone,
        turns=LedgerTurns(ledger),
        longest_read=max(settings.query_seconds, settings.export_seconds),
        clock=clock,
        change_days=address.embedded or change_days,
    )


def _half_given(settings: Settings) -> Iterator[ConfigurationError]:
    if settings.smtp_host and not (settings.smtp_from or "@" in settings.smtp_user):
        yield ConfigurationError(
            "FINORA_SMTP_HOST is set; set FINORA_SMTP_FROM to the address that mail comes from."
        )
    if settings.smtp_password and settings.smtp_security == "none":
        yield ConfigurationError(
            "FINORA_SMTP_SECURITY is none, so that the mail password would be sent in the clear. Use starttls or tls."
        )
    if settings.openid_issuer and not (settings.openid_client_id and settings.openid_client_secret):
        yield ConfigurationError(
            "FINORA_OPENID_ISSUER is set; set FINORA_OPENID_CLIENT_ID and FINORA_OPENID_CLIENT_SECRET as well."
        )


def refuse_strangers(workspace: Workspace) -> None:
    """Go on only if ledger and event store belong together.

    A new connection would else get the number of one that is forgotten, and with it the events of another team.

    Raises:
        StrangeEvents: The event store holds events of connections that the ledger never knew.
    """
    if not workspace.connections.known_numbers().issuperset(workspace.store.connections()):
        raise StrangeEvents(
            f"{workspace.store.place} holds events of connections that the ledger {workspace.ledger.place} never "
            "knew: one of the two was replaced. Put both back from the same backup; or move the event store away, and all is "
            "read anew. Nothing was lost."
        )


def _assembled(
    settings: Settings, edges: Edges, ledger: Ledger, store: EventStore, vault: Vault
) -> Workspace:
    clock = edges.clock
    people = People(ledger, store, clock)
    providers = all_providers()
    line = _lines(settings, edges)
    runs, notices, reconciler = (
        SyncRuns(ledger, clock),
        Notices(ledger, clock),
        Reconciler(ledger, store, people, clock),
    )
    held = HeldEvents(ledger, clock, runs)
    connections = Connections(
        ledger=ledger,
        vault=vault,
        store=store,
        people=people,
        providers=providers,
        line=lambda provider: line(provider, patient=False),
        clock=clock,
        forgetting=(runs.forget, held.forget, notices.forget, reconciler.forget),
    )
    workshop = Workshop(
        ledger=ledger,
        store=store,
        connections=connections,
        people=people,
        runs=runs,
        held=held,
        notices=notices,
        reconciler=reconciler,
        providers=providers,
        line=lambda provider, on_wait: line(provider, patient=True, on_wait=on_wait),
        aside=edges.aside,
        ahead=_ahead(settings) if edges.ahead is None else edges.ahead,
        clock=clock,
        horizon_days=settings.sync_horizon_days,
        process=new_id()[:12],
    )
    runner = SyncRunner(workshop, timedelta(seconds=settings.sync_interval))
    idle = timedelta(minutes=settings.session_idle_minutes)
    accounts = Accounts(ledger, clock, passwords=edges.passwords, idle=idle)
    subscriptions = Subscriptions(
        ledger=ledger,
        accounts=accounts,
        catalogue=Catalogue(settings.data_dir / "skus.toml"),
        connections=lambda: {each.id: each.name for each in connections.all()},
        clock=clock,
        zone=settings.zone,
    )
    flat_charges = FlatCharges(
        subscriptions=subscriptions,
        people=people,
        store=store,
        numbers=lambda: {each.id: each.number for each in connections.all()},
        zone=settings.zone,
    )
    spend = Spend(store, clock, lambda: {each.number for each in connections.all()}, flat_charges.settle)
    seats = Seats(subscriptions, people, spend, _read_through(connections, store), settings.zone)
    return Workspace(
        settings=settings,
        clock=clock,
        ledger=ledger,
        store=store,
        vault=vault,
        accounts=accounts,
        people=people,
        teams=Teams(ledger, accounts, people, clock),
        directory=Directory(
            people=people,
            spend=spend,
            store=store,
            shares=SeatMemory(seats.shares, lambda: (people.revision, tuple(subscriptions.all()))),
            clock=clock,
            zone=settings.zone,
        ),
        providers=providers,
        connections=connections,
        spend=spend,
        subscriptions=subscriptions,
        seats=seats,
        ask=Ask(
            spend=spend,
            store=store,
            clock=clock,
            zone=settings.zone,
            flat_rates=FlatRates(subscriptions, seats, settings.zone),
            members=lambda: _members(connections, people),
            model=_language_model(settings),
        ),
        runs=runs,
        held=held,
        notices=notices,
        reconciler=reconciler,
        schedule=Schedule(connections, runs, runner, clock),
        mail=MailServer.of(settings),
        openid=OpenIdProvider.of(settings, clock),
    )


def _members(connections: Connections, people: People) -> list[Known]:
    """Return everyone listed for a connection, as questions may name them."""
    listed = [member for each in connections.all() for member in people.members_of(each.id)]
    return [Known(each.email, each.name or each.email) for each in listed if each.email]


def _language_model(settings: Settings) -> LanguageModel | None:
    """Return the language model that the operator has set; none by default."""
    if not settings.ask_model_url:
        return None
    return LanguageModel(settings.ask_model_url, settings.ask_model_name, settings.ask_model_key)


def _read_through(connections: Connections, store: EventStore) -> Callable[[str], datetime | None]:
    """Return what tells how far a connection's events were read."""

    def reach(connection_id: str) -> datetime | None:
        covered = store.covered(connections.get(connection_id).number)
        return covered[-1].end if covered else None

    return reach


def _ahead(settings: Settings) -> int:
    """Return how many windows are read ahead: none without a pace, for whoever sets none has a provider that answers at once."""
    return AHEAD if settings.cursor_requests_per_minute else 0


def _lines(settings: Settings, edges: Edges) -> Callable[..., Line]:
    pacing = Pacing(edges.clock)
    addresses = {"cursor": (settings.cursor_base_url, settings.cursor_requests_per_minute)}

    def line(
        provider: Provider,
        *,
        patient: bool,
        on_wait: Callable[[str, float], None] = lambda _reason, _seconds: None,
    ) -> Line:
        base_url, pace = addresses[provider.key]
        return Line(
            base_url=base_url,
            requests_per_minute=pace,
            clock=edges.clock,
            transport=edges.transport,
            patient=patient,
            on_wait=on_wait,
            pacing=pacing,
        )

    return line
