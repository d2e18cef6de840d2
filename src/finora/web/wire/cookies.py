"""Finora's cookies: the session, the theme, single keys, the times looked at, and a word from one page to the next."""

from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from finora.accounts import SignedIn
from finora.gate import SESSION_COOKIE, cookie_name

THEMES: Final = ("system", "light", "dark")
_THEME_COOKIE: Final = "finora_theme"
_KEYS_COOKIE: Final = "finora_keys"
_PERIOD_COOKIE: Final = "finora_period"
_COMPARE_COOKIE: Final = "finora_compare"
_WORD_COOKIE: Final = "finora_word"
_YEAR: Final = 365 * 86_400
_MINUTE: Final = 60


def read(request: Request, name: str) -> str:
    """Return what a cookie of either name holds, and nothing where there is none.

    Not for the session, which `Gate` reads strictly: these only say how somebody likes to look at things, or hold what
    is sealed.
    """
    plain = request.cookies.get(name, "")
    return request.cookies.get(cookie_name(name, secure=True), plain)


def remember(response: Response, name: str, value: str, age: int | None, *, secure: bool) -> None:
    """Let the browser keep a cookie for some seconds, or until it is closed; no script and no other site gets at it."""
    response.set_cookie(
        cookie_name(name, secure=secure), value, max_age=age, httponly=True, samesite="lax", secure=secure
    )


def forget(response: Response, name: str, *, secure: bool) -> None:
    """Take a cookie from the browser."""
    response.delete_cookie(cookie_name(name, secure=secure), httponly=True, samesite="lax", secure=secure)


def remember_session(response: Response, signed_in: SignedIn, now: datetime, *, secure: bool) -> None:
    """Let the browser keep a new session's token."""
    age = int((signed_in.expires_at - now).total_seconds())
    remember(response, SESSION_COOKIE, signed_in.token, age, secure=secure)


def forget_session(response: Response, *, secure: bool) -> None:
    """Take the session's token from the browser."""
    forget(response, SESSION_COOKIE, secure=secure)


def theme_of(request: Request) -> str:
    """Return the theme chosen in this browser."""
    theme = read(request, _THEME_COOKIE)
    return theme if theme in THEMES else THEMES[0]


def remember_theme(response: Response, theme: str, *, secure: bool) -> None:
    """Let the browser keep a theme."""
    remember(response, _THEME_COOKIE, theme, _YEAR, secure=secure)


def single_keys(request: Request) -> bool:
    """Return whether keys pressed alone do something in this browser."""
    return read(request, _KEYS_COOKIE) != "off"


def remember_single_keys(response: Response, *, on: bool, secure: bool) -> None:
    """Let the browser keep whether keys pressed alone do something."""
    remember(response, _KEYS_COOKIE, "on" if on else "off", _YEAR, secure=secure)


def times_of(request: Request) -> str:
    """Return the period looked at last and what it was compared with, as parameters of an address."""
    found = (read(request, name) for name in (_PERIOD_COOKIE, _COMPARE_COOKIE))
    return "&".join(unquote(each) for each in found if each)


def remember_times(response: Response, period: str, compare: str, *, secure: bool) -> None:
    """Let the browser keep the period until it is closed, and what periods are compared with for a year."""
    for name, text, age in ((_PERIOD_COOKIE, period, None), (_COMPARE_COOKIE, compare, _YEAR)):
        remember(response, name, quote(text, safe=""), age, secure=secure)


def leave_word(response: Response, code: str, *about: str, secure: bool) -> None:
    """Leave word for the next page: the code of a message, and what it is about."""
    text = "~".join(quote(part, safe="") for part in (code, *about))
    remember(response, _WORD_COOKIE, text, _MINUTE, secure=secure)


def word_left(request: Request, *, secure: bool) -> list[str]:
    """Return the word that the page before left; nothing if none did.

    Over TLS only the name counts that no neighbour of the domain can plant: what is in it is shown as Finora's own words.
    """
    text = request.cookies.get(cookie_name(_WORD_COOKIE, secure=secure), "")
    return [unquote(part) for part in text.split("~")] if text else []


def take_word(response: Response, *, secure: bool) -> None:
    """Forget the word, as it was said."""
    forget(response, _WORD_COOKIE, secure=secure)
