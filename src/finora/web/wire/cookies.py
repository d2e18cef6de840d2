"""Finora's cookies: the session, the theme, single keys, the times looked at, and a word from one page to the next."""

from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from finora.accounts import SignedIn
from finora.gate import SESSION_COOKIE

THEMES: Final = ("system", "light", "dark")
_THEME_COOKIE: Final = "finora_theme"
_KEYS_COOKIE: Final = "finora_keys"
_PERIOD_COOKIE: Final = "finora_period"
_COMPARE_COOKIE: Final = "finora_compare"
_WORD_COOKIE: Final = "finora_word"
_YEAR: Final = 365 * 86_400
_MINUTE: Final = 60


def remember_session(response: Response, signed_in: SignedIn, now: datetime, *, secure: bool) -> None:
    """Let the browser keep a new session's token."""
    response.set_cookie(
        SESSION_COOKIE,
        signed_in.token,
        max_age=int((signed_in.expires_at - now).total_seconds()),
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def forget_session(response: Response, *, secure: bool) -> None:
    """Take the session's token from the browser."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=secure)


def theme_of(request: Request) -> str:
    """Return the theme chosen in this browser."""
    theme = request.cookies.get(_THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]


def remember_theme(response: Response, theme: str, *, secure: bool) -> None:
    """Let the browser keep a theme."""
    response.set_cookie(_THEME_COOKIE, theme, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)


def single_keys(request: Request) -> bool:
    """Return whether keys pressed alone do something in this browser."""
    return request.cookies.get(_KEYS_COOKIE) != "off"


def remember_single_keys(response: Response, *, on: bool, secure: bool) -> None:
    """Let the browser keep whether keys pressed alone do something."""
    value = "on" if on else "off"
    response.set_cookie(_KEYS_COOKIE, value, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)


def times_of(request: Request) -> str:
    """Return the period looked at last and what it was compared with, as parameters of an address."""
    found = (request.cookies.get(name, "") for name in (_PERIOD_COOKIE, _COMPARE_COOKIE))
    return "&".join(unquote(each) for each in found if each)


def remember_times(response: Response, period: str, compare: str, *, secure: bool) -> None:
    """Let the browser keep the period until it is closed, and what periods are compared with for a year."""
    for name, text, age in ((_PERIOD_COOKIE, period, None), (_COMPARE_COOKIE, compare, _YEAR)):
        value = quote(text, safe="")
        response.set_cookie(name, value, max_age=age, httponly=True, samesite="lax", secure=secure)


def leave_word(response: Response, code: str, *about: str, secure: bool) -> None:
    """Leave word for the next page: the code of a message, and what it is about."""
    text = "~".join(quote(part, safe="") for part in (code, *about))
    response.set_cookie(_WORD_COOKIE, text, max_age=_MINUTE, httponly=True, samesite="lax", secure=secure)


def word_left(request: Request) -> list[str]:
    """Return the word that the page before left; nothing if none did."""
    text = request.cookies.get(_WORD_COOKIE, "")
    return [unquote(part) for part in text.split("~")] if text else []


def take_word(response: Response, *, secure: bool) -> None:
    """Forget the word, as it was said."""
    response.delete_cookie(_WORD_COOKIE, httponly=True, samesite="lax", secure=secure)
