"""Users: who there is, what they are, and their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from finora.accounts.audit_trail import write_entry
from finora.accounts.email_address import checked_email, plain_email
from finora.accounts.errors import EmailTaken, SetupLinkInvalid, UserNotFound, WrongPassword
from finora.accounts.models import OneTimeLink, SetupLink, User, UserSession
from finora.accounts.office import (
    Office,
    end_access,
    existing_user,
    new_user,
    require_another_owner,
    set_password,
    user_in_power_of,
)
from finora.accounts.passwords import check_password
from finora.accounts.records import Account
from finora.accounts.roles import Permission, Role
from finora.accounts.tokens import digest, new_token

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from finora.accounts.principal import Principal


class Users(Office):
    """The users of a workspace."""

    def users(self) -> list[Account]:
        """Return all users by address, disabled ones included."""
        with self._ledger.reading() as session:
            return [Account.of(user) for user in session.scalars(select(User).order_by(User.email))]

    def user(self, user_id: str) -> Account:
        """Return a user by id.

        Raises:
            UserNotFound: There is none.
        """
        with self._ledger.reading() as session:
            return Account.of(existing_user(session, user_id))

    def user_by_email(self, email: str) -> Account:
        """Return a user by address, in any spelling of upper and lower case.

        Raises:
            UserNotFound: There is none.
        """
        with self._ledger.reading() as session:
            user = session.scalar(select(User).where(User.email == plain_email(email)))
        if user is None:
            raise UserNotFound(f"There is no user {plain_email(email)}.")
        return Account.of(user)

    def new_setup_link(self) -> str | None:
        """Return a fresh one-time token with which the first owner is made, or None once there is a user.

        Each call ends the validity of the tokens before.
        """
        token = new_token()
        with self._ledger.session() as session:
            session.execute(delete(SetupLink))
            if _has_users(session):
                return None
            session.add(SetupLink(token_digest=digest(token), created_at=self._clock.now()))
        return token

    def is_setup_link(self, token: str) -> bool:
        """Return whether a setup token could still be used."""
        with self._ledger.reading() as session:
            return session.get(SetupLink, digest(token)) is not None and not _has_users(session)

    def create_first_owner(
        self, setup_token: str, *, email: str, password: str, name: str = "", address: str = ""
    ) -> Account:
        """Make the first owner, once.

        Raises:
            SetupLinkInvalid: The token was used, replaced by a newer one, or there is a user already.
            InvalidEmail, WeakPassword: What was given cannot be used; the token stays valid.
        """
        if not self.is_setup_link(setup_token):
            raise _link_invalid()
        user = self._new_user(email, name, Role.OWNER, password)
        with self._ledger.session() as session:
            # Deleting is the atomic step: of two who use the link at once, one deletes no row.
            used = session.execute(
                delete(SetupLink)
                .where(SetupLink.token_digest == digest(setup_token))
                .returning(SetupLink.created_at)
            ).first()
            if used is None or _has_users(session):
                raise _link_invalid()
            session.add(user)
            write_entry(session, self._clock.now(), None, "owner.created", user.email, address=address)
        return Account.of(user)

    def create_user(
        self, actor: Principal, *, email: str, role: Role, password: str, name: str = "", address: str = ""
    ) -> Account:
        """Make a user.

        Raises:
            NotPermitted: The actor may not manage users, or may not make owners.
            InvalidEmail, WeakPassword, EmailTaken: What was given cannot be used.
        """
        actor.require(Permission.MANAGE_OWNERS if role is Role.OWNER else Permission.MANAGE_USERS)
        user = self._new_user(email, name, role, password)
        try:
            with self._ledger.session() as session:
                session.add(user)
                write_entry(
                    session,
                    self._clock.now(),
                    actor,
                    "user.created",
                    user.email,
                    details={"role": role},
                    address=address,
                )
        except IntegrityError as problem:
            raise EmailTaken(f"There is already a user {user.email}.") from problem
        return Account.of(user)

    def set_role(self, actor: Principal, user_id: str, role: Role, *, address: str = "") -> Account:
        """Make a user something else; it applies to their open sessions and tokens at once.

        Raises:
            NotPermitted: The actor may not manage this user, or may not make owners.
            LastOwner: Nobody else is an owner.
            UserNotFound: There is none of that id.
        """
        with self._ledger.session() as session:
            user = user_in_power_of(actor, session, user_id)
            if role is Role.OWNER:
                actor.require(Permission.MANAGE_OWNERS)
            elif user.role is Role.OWNER:
                require_another_owner(session, user)
            details = {"from": user.role, "to": role}
            user.role = role
            write_entry(
                session,
                self._clock.now(),
                actor,
                "user.role_set",
                user.email,
                details=details,
                address=address,
            )
            return Account.of(user)

    def disable_user(self, actor: Principal, user_id: str, *, address: str = "") -> Account:
        """Keep a user out: their sessions end, and their tokens and links are gone for good.

        Raises:
            NotPermitted, LastOwner, UserNotFound: As for `set_role`.
        """
        with self._ledger.session() as session:
            user = user_in_power_of(actor, session, user_id)
            if user.role is Role.OWNER:
                require_another_owner(session, user)
            user.disabled_at = user.disabled_at or self._clock.now()
            end_access(session, user)
            write_entry(session, self._clock.now(), actor, "user.disabled", user.email, address=address)
            return Account.of(user)

    def enable_user(self, actor: Principal, user_id: str, *, address: str = "") -> Account:
        """Let a disabled user in again.

        Raises:
            NotPermitted, UserNotFound: As for `set_role`.
        """
        with self._ledger.session() as session:
            user = user_in_power_of(actor, session, user_id)
            user.disabled_at = None
            write_entry(session, self._clock.now(), actor, "user.enabled", user.email, address=address)
            return Account.of(user)

    def change_password(self, actor: Principal, present: str, new: str, *, address: str = "") -> None:
        """Change one's own password, and sign out everywhere else.

        Raises:
            NotPermitted: An API token without the scope asks for it.
            WrongPassword: The present password is not right.
            TooManyAttempts: It was wrong too often.
            WeakPassword: The new one breaks a rule.
        """
        actor.require(Permission.MANAGE_OWN_ACCOUNT)
        with self._ledger.reading() as session:
            user = existing_user(session, actor.user_id)
        self._throttle.attempt(user.email, address, is_known=True)
        if not self._passwords.matches(present, user.password_hash):
            raise WrongPassword("The present password is not right.")
        self._throttle.succeeded(user.email, address)
        check_password(new, user.email)
        password_hash, now = self._passwords.hash(new), self._clock.now()
        others = delete(UserSession).where(
            UserSession.user_id == user.id, UserSession.id != actor.credential_id
        )
        with self._ledger.session() as session:
            stored = existing_user(session, user.id)
            stored.password_hash, stored.password_set_at = password_hash, now
            session.execute(others)
            session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id))
            write_entry(session, now, actor, "user.password_set", user.email, address=address)

    def reset_password(self, actor: Principal, user_id: str, new: str, *, address: str = "") -> None:
        """Give a user another password; their sessions end and their API tokens are revoked.

        Raises:
            NotPermitted, UserNotFound: As for `set_role`.
            WeakPassword: It breaks a rule.
        """
        with self._ledger.reading() as session:
            user = user_in_power_of(actor, session, user_id)
        check_password(new, user.email)
        password_hash, now = self._passwords.hash(new), self._clock.now()
        with self._ledger.session() as session:
            set_password(session, existing_user(session, user.id), password_hash, now)
            write_entry(session, now, actor, "user.password_set", user.email, address=address)

    def _new_user(self, email: str, name: str, role: Role, password: str) -> User:
        check_password(password, checked_email(email))
        return new_user(email, name, role, self._passwords.hash(password), self._clock.now())


def _has_users(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(User)))


def _link_invalid() -> SetupLinkInvalid:
    return SetupLinkInvalid(
        "This setup link is not valid: it was used already, or Finora was started again and printed a new one. "
        "Look for the newest link in the terminal; if there is an owner already, sign in."
    )
