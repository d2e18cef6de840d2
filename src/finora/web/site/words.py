"""What pages say in more than one place: the rule of passwords, and notices by the code that the page before left."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from finora.accounts.passwords import SHORTEST

PASSWORD_RULE = f"At least {SHORTEST} characters, with letters and digits."
"""Said beside every field for a new password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice on a page. `level` is info, success, caution or bad; `href` leads to what `action` says."""

    title: str
    text: str = ""
    level: str = "info"
    href: str = ""
    action: str = ""


WORDS: Mapping[str, Told] = MappingProxyType(
    {
        "connected": Told(
            title="{0} is connected",
            text="The newest days come first; you can leave this page.",
            level="success",
        ),
        "rotated": Told(
            title="The key of {0} was replaced", text="Everything read before stays. {1}", level="success"
        ),
        "removed_kept": Told(
            title="{0} was removed",
            text="Its key was deleted for good; the events read with it are kept. {1}",
            level="success",
        ),
        "removed_deleted": Told(
            title="{0} was removed",
            text="Its key and all events read with it were deleted for good. {1}",
            level="success",
        ),
        "renamed": Told(title="The connection is now called {0}", level="success"),
        "sync_requested": Told(title="{0} is being read", level="success"),
        "paused": Told(
            title="{0} is paused", text="It is not refreshed until you resume it.", level="success"
        ),
        "resumed": Told(title="{0} is refreshed again", level="success"),
        "held_accepted": Told(
            title="The event was accepted",
            text="The time around it is read once more; then it counts.",
            level="success",
        ),
        "held_rejected": Told(
            title="The event was rejected", text="It stays out of every total.", level="success"
        ),
        "dismissed": Told(title="The notice was taken off the pages", level="success"),
        "password_changed": Told(
            title="Your password was changed", text="You were signed out everywhere else.", level="success"
        ),
        "session_ended": Told(title="The session was ended", level="success"),
        "sessions_ended": Told(title="You were signed out everywhere else", text="{0}", level="success"),
        "token_revoked": Told(title="The API token “{0}” was revoked", level="success"),
        "password_chosen": Told(title="Your password is set", text="Sign in with it now.", level="success"),
        "link_mailed": Told(
            title="A link is on its way to {0}",
            text="It works once, for half an hour.",
            level="success",
        ),
        "identity_linked": Told(title="You can come in by {0} now", level="success"),
        "identity_unlinked": Told(title="Single sign-on no longer opens your account", level="success"),
        "user_disabled": Told(title="{0} can no longer sign in", level="success"),
        "user_enabled": Told(title="{0} can sign in again", level="success"),
        "role_set": Told(title="{0} is now {1}", level="success"),
        "subscription_created": Told(
            title="{0} was added", text="Every total counts it by the day.", level="success"
        ),
        "subscription_changed": Told(
            title="{0} was changed", text="Days before the change keep their figures.", level="success"
        ),
        "subscription_unchanged": Told(title="Nothing was changed in {0}", level="info"),
        "subscription_restored": Told(title="{0} is back as it was", level="success"),
        "subscriptions_imported": Told(title="The file was imported", text="{0}.", level="success"),
        "terms_withdrawn": Told(
            title="The change of {0} was taken back", text="What held before goes on.", level="success"
        ),
        "seat_given": Told(title="{0} was given a seat", level="success"),
        "seat_taken": Told(title="The seat of {0} was changed", level="success"),
        "single_keys_on": Told(title="Keys pressed alone do something again", level="success"),
        "single_keys_off": Told(title="Keys pressed alone do nothing now", level="success"),
        "person_moved": Told(
            title="{0} is set", text="Their team is now: {1}. Figures follow at once.", level="success"
        ),
        "people_moved": Told(title="{0} moved into {1}", level="success"),
        "team_made": Told(title="The team {0} was made", text="Nobody is in it yet.", level="success"),
        "team_renamed": Told(title="The team is now called {0}", level="success"),
        "team_deleted": Told(title="The team was deleted", text="No figure is lost.", level="success"),
        "team_restored": Told(title="{0} is back", level="success"),
        "signed_out": Told(title="You are signed out", level="success"),
    }
)


def said(word: list[str]) -> Told | None:
    """Return what a word means; none where it means nothing."""
    told = WORDS.get(word[0]) if word else None
    if told is None:
        return None
    about = [*word[1:], "", ""]
    return Told(title=told.title.format(*about), text=told.text.format(*about), level=told.level)
