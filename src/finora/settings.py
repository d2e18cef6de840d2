"""The settings of one Finora, read once from the environment.

Every setting is an environment variable `FINORA_<NAME>`; a secret may instead be given as `FINORA_<NAME>_FILE`,
the path of a file that holds it. Nothing else reads the environment.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from finora.errors import ConfigurationError
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides. See `FIELDS` for names, defaults and meaning."""

    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    database_url: str = ""
    events_url: str = ""
    secret_key: str = field(default="", repr=False)
    cursor_base_url: str = "https://api.cursor.com"
    cursor_requests_per_minute: int = 45
    sync_interval: int = 3600
    sync_horizon_days: int = 365
    timezone: str = "UTC"
    session_idle_minutes: int = 1440
    query_seconds: int = 30
    export_seconds: int = 900
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_from: str = ""
    openid_issuer: str = ""
    openid_client_id: str = ""
    openid_client_secret: str = field(default="", repr=False)
    openid_domains: tuple[str, ...] = ()
    openid_label: str = ""
    ask_model_url: str = ""
    ask_model_name: str = ""
    ask_model_key: str = field(default="", repr=False)
    url: str = ""
    token: str = field(default="", repr=False)

    @property
    def public_url(self) -> str:
        """The address people open: `base_url`, or host and port where none is set."""
        if self.base_url:
            return self.base_url.rstrip("/")
        local = {"0.0.0.0", "::", "127.0.0.1", "::1"}  # noqa: S104 - compared, not bound
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'localhost' if self.host in local else host}:{self.port}"

    @property
    def base_path(self) -> str:
        """The path below which people reach Finora, such as `/finora`; empty where that is the root."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def ledger_url(self) -> str:
        """The SQLAlchemy address of the ledger; a SQLite file in the data directory by default."""
        return self.database_url or f"sqlite:///{quote(str(self.data_dir / 'ledger.sqlite'))}"

    @property
    def events_path(self) -> Path:
        """The DuckDB file that holds the events."""
        return self.data_dir / "events.duckdb"

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone, in which days begin and end."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the reference: the variable, how it is read and what it means."""

    name: str
    parse: Callable[[str], object]
    meaning: str
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return f"FINORA_{self.name.upper()}"


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(f"a whole number from {low} to {high} is wanted") from None
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high} is wanted")
        return number

    return parse


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("an address such as https://finora.example.com is wanted")
    if parts.username or parts.password:
        raise ValueError("an address must not contain a user name or password")
    return text.rstrip("/")


def _token(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError("an API token is wanted, as Settings → Account showed it once")
    return text


def _issuer(text: str) -> str:
    """Read `google`, `microsoft:<tenant>`, or the address of any other issuer."""
    name, _, tenant = text.partition(":")
    if text == "google" or (name == "microsoft" and re.fullmatch(r"[0-9a-fA-F-]{36}", tenant)):
        return text
    parts = urlsplit(text)
    is_local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.netloc or not (parts.scheme == "https" or (parts.scheme == "http" and is_local)):
        raise ValueError("google, microsoft:<tenant id> or the https address of an issuer is wanted")
    return text


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"{', '.join(words[:-1])} or {words[-1]} is wanted")
        return text.lower()

    return parse


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").lower().split())


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(word) for word in _words(text))
    except ValueError:
        raise ValueError("addresses or networks such as 127.0.0.1 or 10.0.0.0/8 are wanted") from None


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("a time zone such as Europe/Berlin is wanted") from None
    return text


FIELDS: tuple[Setting, ...] = (
    Setting(
        "data_dir", Path, "Folder for the databases, the key file and the operator's token. Default: ./data"
    ),
    Setting("host", str, "Address to listen on. Default: 127.0.0.1; 0.0.0.0 for every network"),
    Setting("port", _whole(1, 65535), "Port to listen on. Default: 8000"),
    Setting("base_url", _address, "Public address, for links. Default: host and port"),
    Setting("database_url", str, "Ledger database. Default: SQLite in the data directory", secret=True),
    Setting(
        "events_url",
        str,
        "Event store: clickhouse://user:password@host:8123/database, clickhouses://… with TLS. Default: DuckDB in the data directory",
        secret=True,
    ),
    Setting(
        "secret_key",
        str,
        "Master key of the vault, 32 bytes as base64 or hex. Default: a 0600 file",
        secret=True,
    ),
    Setting("cursor_base_url", _address, "Cursor's address. Default: https://api.cursor.com"),
    Setting(
        "cursor_requests_per_minute",
        _whole(0, 600),
        "Pace of requests to Cursor. Default: 45; 0 is unpaced, and reads one window at a time",
    ),
    Setting("sync_interval", _whole(60, 86_400), "Seconds between refreshes. Default: 3600"),
    Setting("sync_horizon_days", _whole(1, 3650), "How many days back the first sync reads. Default: 365"),
    Setting("timezone", _zone, "Time zone in which days begin. Default: UTC"),
    Setting("query_seconds", _whole(1, 3600), "Longest that a question is worked on. Default: 30"),
    Setting("export_seconds", _whole(1, 86_400), "Longest that a file of events is written. Default: 900"),
    Setting(
        "session_idle_minutes",
        _whole(5, 10_080),
        "Minutes after which a session ends that nobody uses. Default: 1440; none lasts longer than seven days",
    ),
    Setting(
        "trusted_proxies",
        _networks,
        "Addresses of reverse proxies whose X-Forwarded-For is believed. Default: none",
    ),
    Setting(
        "smtp_host", str, "Mail server for invitations and resets. Default: none; links are shown instead"
    ),
    Setting("smtp_port", _whole(1, 65535), "Its port. Default: 587"),
    Setting("smtp_security", _one_of("starttls", "tls", "none"), "starttls, tls or none. Default: starttls"),
    Setting("smtp_user", str, "User name at the mail server. Default: none"),
    Setting("smtp_password", str, "Password at the mail server. Default: none", secret=True),
    Setting("smtp_from", str, "Address that mail comes from. Default: the user name"),
    Setting(
        "openid_issuer",
        _issuer,
        "Single sign-on: google, microsoft:<tenant id>, or an issuer's address. Default: none",
    ),
    Setting("openid_client_id", str, "Client id that the issuer gave to Finora"),
    Setting("openid_client_secret", str, "Client secret that the issuer gave to Finora", secret=True),
    Setting(
        "openid_domains",
        _words,
        "E-mail domains whose people may come in by themselves, as viewers. Default: none",
    ),
    Setting("openid_label", str, "What the button says. Default: Google, Microsoft or Single sign-on"),
    Setting(
        "ask_model_url",
        _address,
        "OpenAI-compatible address of a language model that helps Ask where it does not understand. Default: none",
    ),
    Setting("ask_model_name", str, "That model's name"),
    Setting("ask_model_key", str, "Key of that address. Default: none", secret=True),
    Setting(
        "url", _address, "For commands: a Finora elsewhere that they reach. Default: the data directory's"
    ),
    Setting(
        "token", _token, "For commands: an API token of the Finora elsewhere. Default: none", secret=True
    ),
)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        ConfigurationError: A value cannot be read; the message names each such variable and what is wanted.
    """
    source = os.environ if environ is None else environ
    values: dict[str, object] = {}
    problems: list[str] = []
    for setting in FIELDS:
        try:
            text = _text(setting, source)
            if text is not None:
                values[setting.name] = _parsed(setting, text)
        except ValueError as problem:
            problems.append(str(problem))
    if problems:
        raise ConfigurationError(" ".join(problems))
    return Settings(**values)  # type: ignore[arg-type]


def _parsed(setting: Setting, text: str) -> object:
    try:
        return setting.parse(text)
    except ValueError as problem:
        shown = "its value" if setting.secret else quoted(text)
        raise ValueError(f"{setting.variable}: {shown} cannot be used; {problem}.") from None


def unknown_settings(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return variables that look like settings and are none, each with the setting most like it, or nothing."""
    source = os.environ if environ is None else environ
    known = [setting.variable for setting in FIELDS]
    known += [f"{setting.variable}_FILE" for setting in FIELDS if setting.secret]
    strange = sorted(name for name in source if name.startswith("FINORA_") and name not in known)
    return {name: next(iter(get_close_matches(name, known, n=1)), "") for name in strange}


def _text(setting: Setting, source: Mapping[str, str]) -> str | None:
    """Return a setting's text, or None where it is not set.

    Raises:
        ValueError: It is set twice, or its file cannot be read.
    """
    text = source.get(setting.variable, "").strip()
    file = source.get(f"{setting.variable}_FILE", "").strip() if setting.secret else ""
    if text and file:
        raise ValueError(f"{setting.variable} and {setting.variable}_FILE are both set; keep one of them.")
    if not file:
        return text or None
    try:
        text = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is no text"
        raise ValueError(f"{setting.variable}_FILE: {file} cannot be read ({reason}).") from None
    if not text:
        raise ValueError(f"{setting.variable}_FILE: {file} is empty.")
    return text
