"""Settings that cannot be: each is named with what is wanted, all at once, and by the doctor as well; a secret is not repeated."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from finora.checks import Verdict, run_checks
from finora.errors import ConfigurationError
from finora.settings import FIELDS, Settings, load_settings
from finora.simulator import serve_in_thread, small
from support.terminal import NOBODY_THERE, Terminal

if TYPE_CHECKING:
    from pathlib import Path

WRONG = {
    "PORT": ("http", "65535"),
    "BASE_URL": ("finora.example.com", "https://finora.example.com"),
    "CURSOR_BASE_URL": ("ftp://api.cursor.com", "https://"),
    "CURSOR_REQUESTS_PER_MINUTE": ("-1", "from 0 to 600"),
    "SYNC_INTERVAL": ("1h", "whole number"),
    "SYNC_HORIZON_DAYS": ("0", "from 1 to 3650"),
    "TIMEZONE": ("Berlin", "Europe/Berlin"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_that_cannot_be_is_named_with_what_is_wanted(name: str) -> None:
    value, wanted = WRONG[name]
    with pytest.raises(ConfigurationError) as refusal:
        load_settings({f"FINORA_{name}": value})
    assert f"FINORA_{name}" in refusal.value.message
    assert value in refusal.value.message
    assert wanted in refusal.value.message


@pytest.mark.parametrize("value", ["0", "65536", "8000.0", "80 80", "eighty"])
def test_a_port_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError):
        load_settings({"FINORA_PORT": value})


@pytest.mark.parametrize("value", ["fin_ä", "fin_a\nb"])
def test_a_token_that_no_request_could_carry_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_settings({"FINORA_TOKEN": value})
    assert "FINORA_TOKEN" in refusal.value.message
    assert value not in refusal.value.message


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_setting_is_none(value: str) -> None:
    assert load_settings({"FINORA_PORT": value}).port == Settings().port


@pytest.mark.parametrize(
    "address", ["https://user:secret@finora.example.com", "finora", "http://", "//x", "javascript:alert(1)"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError):
        load_settings({"FINORA_BASE_URL": address})


def test_all_that_is_wrong_is_told_at_once_and_ends_each_command(tmp_path: Path) -> None:
    finora = Terminal(tmp_path / "data").having(**{name: value for name, (value, _wanted) in WRONG.items()})
    for command in ("serve", "connections", "doctor"):
        outcome = finora(command)
        assert outcome.code == 1
        assert "Traceback" not in outcome.err
        assert all(f"FINORA_{name}" in outcome.said for name in WRONG)
    assert not finora.data_dir.exists()


@pytest.mark.parametrize("setting", [each for each in FIELDS if each.secret], ids=lambda each: each.name)
def test_a_secret_may_come_from_a_file_but_not_from_two_places(setting: object, tmp_path: Path) -> None:
    name = getattr(setting, "name")  # noqa: B009 - a field of a dataclass that mypy knows by another name
    variable = f"FINORA_{name.upper()}"
    file = tmp_path / "secret"
    file.write_text(" the value \n")
    assert getattr(load_settings({f"{variable}_FILE": str(file)}), name) == "the value"
    with pytest.raises(ConfigurationError, match=f"{variable} and {variable}_FILE are both set"):
        load_settings({variable: "the value", f"{variable}_FILE": str(file)})
    for wrong, reason in ((tmp_path / "none", "No such file"), (tmp_path, "directory")):
        with pytest.raises(ConfigurationError, match=reason) as refusal:
            load_settings({f"{variable}_FILE": str(wrong)})
        assert str(wrong) in refusal.value.message
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="no text"):
        load_settings({f"{variable}_FILE": str(file)})
    file.write_text("\n")
    with pytest.raises(ConfigurationError, match="is empty"):
        load_settings({f"{variable}_FILE": str(file)})


def test_the_master_key_may_be_a_setting_and_a_wrong_one_is_not_repeated(tmp_path: Path) -> None:
    finora = Terminal(tmp_path / "data")
    for wrong in ("hunter2hunter2", base64.b64encode(b"x" * 31).decode()):
        outcome = finora.having(SECRET_KEY=wrong)("connections")
        assert outcome.code == 1
        assert "FINORA_SECRET_KEY" in outcome.said
        assert "openssl rand" in outcome.said
        assert wrong not in outcome.said
    right = finora.having(SECRET_KEY=base64.b64encode(b"x" * 32).decode())
    right.well("subscriptions", "skus")
    assert (finora.data_dir / "ledger.sqlite").exists()
    assert not (finora.data_dir / "secret.key").exists()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mysql://root:hunter2@db/finora", "PostgreSQL"),
        ("no address: hunter2", "cannot be read"),
        ("sqlite://", "names no file"),
    ],
)
def test_a_ledger_that_cannot_be_is_named_without_its_password(tmp_path: Path, url: str, word: str) -> None:
    finora = Terminal(tmp_path / "data").having(DATABASE_URL=url)
    outcome = finora("doctor")
    assert outcome.code == 1
    assert "FINORA_DATABASE_URL" in outcome.said
    assert word in outcome.said
    assert "hunter2" not in outcome.said
    assert "Traceback" not in outcome.err


def test_an_event_store_elsewhere_is_not_ignored_silently(tmp_path: Path) -> None:
    outcome = Terminal(tmp_path / "data").having(EVENTS_URL="clickhouse://x")("connections")
    assert (outcome.code, "FINORA_EVENTS_URL" in outcome.err) == (1, True)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"SMTP_HOST": "mail.test"}, "FINORA_SMTP_FROM"),
        (
            {
                "SMTP_HOST": "mail.test",
                "SMTP_USER": "finora@acme.test",
                "SMTP_PASSWORD": "hunter2",
                "SMTP_SECURITY": "none",
            },
            "in the clear",
        ),
        ({"OPENID_ISSUER": "google"}, "FINORA_OPENID_CLIENT_ID"),
        ({"URL": "https://finora.acme.test"}, "FINORA_TOKEN"),
    ],
    ids=[
        "mail without a sender",
        "password in the clear",
        "sign-on without a client",
        "elsewhere without a token",
    ],
)
def test_settings_that_are_half_given_stop_the_start(
    tmp_path: Path, given: dict[str, str], missing: str
) -> None:
    """Else mail is lost, or a password travels in the clear, and nobody knows why."""
    outcome = Terminal(tmp_path / "data").having(**given)("connections")
    assert (outcome.code, missing in outcome.said) == (1, True)
    assert "hunter2" not in outcome.said


def test_a_misspelt_setting_is_noticed_by_the_doctor(tmp_path: Path) -> None:
    finora = Terminal(tmp_path / "data").having(DATADIR="/x", SECRET_KEY_FLIE="/y")
    findings = json.loads(finora.well("doctor", "--json"))
    odd = " ".join(each["text"] for each in findings if each["verdict"] == "odd")
    assert "Is FINORA_DATA_DIR meant?" in odd
    assert "Is FINORA_SECRET_KEY_FILE meant?" in odd


# The clock, the provider


class Clock:
    """A clock of a machine that is some time off."""

    def __init__(self, off: timedelta) -> None:
        self._off = off

    def now(self) -> datetime:
        return datetime.now(UTC) + self._off

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(hours=3), (" seconds ahead of Cursor", "Set it")),
        (timedelta(days=-2), ("behind", "Set it")),
        (timedelta(seconds=30), ()),
    ],
)
def test_a_clock_far_off_is_found(tmp_path: Path, off: timedelta, words: tuple[str, ...]) -> None:
    with serve_in_thread(small()) as cursor:
        settings = Settings(data_dir=tmp_path / "data", cursor_base_url=cursor.base_url)
        findings = {each.name: each for each in run_checks(settings, Clock(off), serving=False)}
    assert findings["Clock"].verdict is (Verdict.WRONG if words else Verdict.WELL)
    for word in words:
        assert word in findings["Clock"].text


def test_a_provider_that_does_not_answer_is_remarked_upon(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", cursor_base_url=NOBODY_THERE)
    findings = {each.name: each for each in run_checks(settings, Clock(timedelta()), serving=False)}
    assert findings["Cursor"].verdict is Verdict.ODD
    assert "network" in findings["Cursor"].text


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://localhost:8000"),
        ("0.0.0.0", "http://localhost:8000"),  # noqa: S104 - a value, nothing is bound
        ("::", "http://localhost:8000"),
        ("fd00::7", "http://[fd00::7]:8000"),
        ("finora.example.com", "http://finora.example.com:8000"),
    ],
)
def test_the_address_to_open_is_one_a_browser_takes(host: str, expected: str) -> None:
    assert Settings(host=host).public_url == expected
