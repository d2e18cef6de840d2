"""A secret does not show itself by accident."""

import copy
import json
import pickle

import msgspec
import pytest
from fastapi.encoders import jsonable_encoder

from finora.vault import Secret

KEY = "crsr_0123456789abcdef"


def test_a_secret_prints_as_dots() -> None:
    secret = Secret(KEY)
    shown = f"{secret} {secret!r} {secret!s} {secret:>8} {[secret]} %s %r {{}}".format(secret) % (
        secret,
        secret,
    )
    assert KEY not in shown
    assert shown.startswith("••• ••• •••")
    assert secret.reveal() == KEY


@pytest.mark.parametrize(
    "write", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, msgspec.json.encode, vars, iter]
)
def test_a_secret_is_not_serialised(write: object) -> None:
    assert callable(write)
    with pytest.raises(TypeError):
        write(Secret(KEY))


def test_an_answer_of_the_api_cannot_hold_a_secret() -> None:
    with pytest.raises(ValueError, match="not iterable"):
        jsonable_encoder({"key": Secret(KEY)})


@pytest.mark.parametrize(("text", "last4"), [(KEY, "cdef"), ("short", ""), ("", "")])
def test_only_a_long_secret_shows_its_end(text: str, last4: str) -> None:
    assert Secret(text).last4 == last4


def test_secrets_compare_by_content_and_do_not_hash() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert Secret(KEY) != Secret("ä")
    assert Secret(KEY) != KEY
    with pytest.raises(TypeError):
        hash(Secret(KEY))
