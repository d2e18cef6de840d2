"""What the parts of accounts share: the ledger, the clock, the hasher, and the rules about touching a user."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finora.accounts.audit_trail import write_entry
from finora.accounts.email_address import checked_email, plain_email
from finora.accounts.errors import LastOwner, UserNotFound
from finora.accounts.models import ApiToken, OneTimeLink, User, UserSession
from finora.accounts.passwords import Passwords
from finora.accounts.roles import Permission, Role
from finora.accounts.throttle import Throttle
from finora.storage.ledger import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finora.accounts.principal import Principal
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock

IDLE = timedelta(days=1)
"""How long a session lasts that nobody uses, unless the operator says otherwise."""
_LONGEST_NAME = 200


class Office:
    """The ground that `Accounts` stands on."""

    def __init__(
        self, ledger: Ledger, clock: Clock, *, passwords: Passwords | None = None, idle: timedelta = IDLE
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._idle = idle
        self._passwords = passwords or Passwords()
        self._throttle = Throttle(clock)

    def record(
        self,
        actor: Principal | None,
        act: str,
        subject: str = "",
        *,
        details: Mapping[str, object] | None = None,
        address: str = "",
        session: Session | None = None,
    ) -> None:
        """Write an act into the audit log.

        Args:
            actor: Who did it, or None for somebody who is not signed in.
            act: What, as `<noun>.<past participle>`, for example `connection.removed`.
            subject: On what, by its name.
            details: More of it, as plain JSON; never a secret.
            address: From where.
            session: The transaction of the act itself, so that both are written or neither.
        """
        with self._ledger.within(session) as within:
            write_entry(within, self._clock.now(), actor, act, subject, details=details, address=address)


def existing_user(session: Session, user_id: str | None) -> User:
    """Return a user.

    Raises:
        UserNotFound: There is none of that id.
    """
    user = session.get(User, user_id) if user_id else None
    if user is None:
        raise UserNotFound("There is no such user.")
    return user


def require_power_over(actor: Principal, user: User) -> None:
    """Go on only if somebody may change a user, or act in their name.

    Raises:
        NotPermitted: They may not manage users, or the user is an owner and they may not manage those.
    """
    actor.require(Permission.MANAGE_USERS)
    if user.role is Role.OWNER:
        actor.require(Permission.MANAGE_OWNERS)


def user_in_power_of(actor: Principal, session: Session, user_id: str | None) -> User:
    """Return a user whom somebody may change.

    Raises:
        NotPermitted: They may not; who may not manage users at all does not learn whether there is such a user.
        UserNotFound: There is none of that id.
    """
    actor.require(Permission.MANAGE_USERS)
    user = existing_user(session, user_id)
    require_power_over(actor, user)
    return user


def asked_about(actor: Principal, session: Session, email: str | None) -> User | None:
    """Return the user whose sessions or tokens somebody asks about: themselves where no address is given.

    None stands for everybody: the operator of the machine, who is no user, asks about all of them.

    Raises:
        NotPermitted: They may not manage that user; whether there is one is not told to who manages nobody.
        UserNotFound: There is none of that address.
    """
    actor.require(Permission.MANAGE_OWN_ACCOUNT)
    if email is None or plain_email(email) == actor.email:
        return existing_user(session, actor.user_id) if actor.user_id else None
    actor.require(Permission.MANAGE_USERS)
    user = session.scalar(select(User).where(User.email == plain_email(email)))
    if user is None:
        raise UserNotFound(f"There is no user {plain_email(email)}.")
    require_power_over(actor, user)
    return user


def require_another_owner(session: Session, user: User) -> None:
    """Go on only if a user is not the only owner who can sign in.

    Raises:
        LastOwner: They are.
    """
    # Locked, so that of two owners who remove each other at the same moment one remains.
    owners = session.scalars(
        select(User.id).where(User.role == Role.OWNER, User.disabled_at.is_(None)).with_for_update()
    ).all()
    if list(owners) == [user.id]:
        raise LastOwner(f"{user.email} is the only owner. Make somebody else an owner first.")


def new_user(email: str, name: str, role: Role, password_hash: str, now: datetime) -> User:
    """Return a user that is not stored yet.

    Raises:
        InvalidEmail: The address is none.
    """
    checked = checked_email(email)
    return User(
        id=new_id(),
        email=checked,
        name=display_name(name, checked),
        role=role,
        password_hash=password_hash,
        created_at=now,
        password_set_at=now,
    )


def set_password(session: Session, user: User, password_hash: str, now: datetime) -> None:
    """Give a user a password that is not a mere change by themselves: whatever the old one opened is shut."""
    user.password_hash = password_hash
    user.password_set_at = now
    end_access(session, user)


def end_access(session: Session, user: User) -> None:
    """Shut whatever is open in a user's name: sessions, API tokens, links."""
    for table in (UserSession, ApiToken, OneTimeLink):
        session.execute(delete(table).where(table.user_id == user.id))


def display_name(name: str, email: str) -> str:
    """Return a name to show: what was given, on one line, else the address's local part."""
    return " ".join(name.split())[:_LONGEST_NAME] or email.partition("@")[0]
