"""Why a key was not taken, set out cause by cause."""

from __future__ import annotations

from finora.connections import InvalidKeyText
from finora.providers.errors import AccessRefused, InvalidCredentials
from finora.web.figures.explanation import explained


def test_the_causes_of_a_refusal_become_a_list_and_nothing_of_the_message_is_lost() -> None:
    message = "Cursor said no (401). Usual causes: it was revoked; it is personal. Make a new one. Cursor says: “a. b”"
    found = explained(InvalidCredentials(message))
    assert found is not None
    assert found.lead == "Cursor said no (401)."
    assert found.causes == ("it was revoked", "it is personal")
    assert found.rest == "Make a new one. Cursor says: “a. b”"
    assert found.title == InvalidCredentials.title
    assert not found.of_text


def test_a_message_without_causes_stays_as_it_is() -> None:
    found = explained(AccessRefused("Cursor refuses this to the key (403)."))
    assert found is not None
    assert (found.lead, found.causes, found.rest) == ("Cursor refuses this to the key (403).", (), "")


def test_a_fault_in_the_text_stands_at_the_field() -> None:
    found = explained(InvalidKeyText("Admin API Key: enter the key."))
    assert found is not None
    assert found.of_text


def test_no_problem_is_nothing_to_explain() -> None:
    assert explained(None) is None
