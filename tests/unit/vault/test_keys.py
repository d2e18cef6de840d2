"""The master key has other uses that every process comes to alike."""

from __future__ import annotations

from finora.vault import MasterKey


def test_what_is_derived_is_the_same_in_every_process_and_another_for_each_purpose_and_key() -> None:
    """One that leaves for single sign-on by one server may come back to another."""
    one, same, other = MasterKey(b"k" * 32), MasterKey(b"k" * 32), MasterKey(b"l" * 32)
    assert one.derived("single sign-on") == same.derived("single sign-on")
    assert len({one.derived("single sign-on"), one.derived("another"), other.derived("single sign-on")}) == 3
    assert len(one.derived("single sign-on")) == 32
    assert one.derived("single sign-on") != b"k" * 32
