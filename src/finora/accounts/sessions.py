"""Signing in, and the sessions that result: on the server, for seven days, ended at will or when nobody uses them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, delete, exists, or_, select, update

from finora.accounts.audit_trail import write_entry
from finora.accounts.email_address import plain_email
from finora.accounts.errors import InvalidSignIn, NotPermitted, SessionInvalid, SessionNotFound
from finora.accounts.models import AuditEntry, User, UserSession
from finora.accounts.office import Office, asked_about, require_power_over
from finora.accounts.principal import How, Principal
from finora.accounts.records import OpenSession, SignedIn
from finora.accounts.roles import Permission
from finora.accounts.tokens import digest, new_token
from finora.storage.ledger import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

LIFETIME = timedelta(days=7)
SEEN_STEP = timedelta(minutes=5)
"""How far behind `seen_at` may be, so that most requests write nothing."""

SIGNED_IN = "session.started"
_ADDRESS_REMEMBERED = timedelta(days=90)
_LONGEST_AGENT = 400
_LONGEST_ADDRESS = 64


class Sessions(Office):
    """Signed-in browsers."""

    def sign_in(self, email: str, password: str, *, address: str = "", user_agent: str = "") -> SignedIn:
        """Start a session.

        An unknown address, a disabled user and a wrong password are answered alike and take the same time.

        Raises:
            InvalidSignIn: It is one of the three.
            TooManyAttempts: There were too many of those.
        """
        plain = plain_email(email)
        with self._ledger.reading() as session:
            user = session.scalar(select(User).where(User.email == plain))
            is_known = user is not None and self._signed_in_from(session, user, address)
        self._throttle.attempt(plain, address, is_known=is_known)
        expected = user.password_hash if user and user.disabled_at is None else None
        if not self._passwords.matches(password, expected) or user is None:
            self._note_failure(user, address)
            raise _sign_in_failed()
        renewed = self._passwords.hash(password) if self._passwords.is_outdated(user.password_hash) else None
        signed_in = self._start(user.id, user.password_hash, renewed, address, user_agent)
        self._throttle.succeeded(plain, address)
        return signed_in

    def session_for(self, token: str) -> Principal:
        """Return who a session's token stands for.

        Raises:
            SessionInvalid: The session was ended, has expired or was idle for too long, or its user was disabled.
        """
        now = self._clock.now()
        with self._ledger.reading() as session:
            found = session.scalar(select(UserSession).where(UserSession.token_digest == digest(token)))
        if found is None or self._end(found) <= now or found.user.disabled_at is not None:
            raise SessionInvalid("Your session has ended. Sign in again.")
        if now - found.seen_at >= min(SEEN_STEP, self._idle / 10):
            with self._ledger.session() as session:
                session.execute(update(UserSession).where(UserSession.id == found.id).values(seen_at=now))
        return _principal(found.user, found.id)

    def sign_out(self, token: str, *, address: str = "") -> None:
        """End the session of a token. One that has ended already is no error."""
        with self._ledger.session() as session:
            found = session.scalar(select(UserSession).where(UserSession.token_digest == digest(token)))
            if found is not None:
                session.delete(found)
                actor = _principal(found.user, found.id)
                write_entry(session, self._clock.now(), actor, "session.ended", actor.email, address=address)

    def sessions_of(self, user_id: str) -> list[OpenSession]:
        """Return a user's open sessions, last seen first."""
        with self._ledger.reading() as session:
            wanted = self._open().where(UserSession.user_id == user_id)
            return [OpenSession.of(found, self._end(found)) for found in session.scalars(wanted)]

    def sessions(self, actor: Principal, email: str | None = None) -> list[OpenSession]:
        """Return one's own open sessions, or those of a user whom one may manage; for the operator, everybody's.

        Raises:
            NotPermitted, UserNotFound: As for `asked_about`.
        """
        with self._ledger.reading() as session:
            user = asked_about(actor, session, email)
            wanted = self._open().where(UserSession.user_id == user.id) if user else self._open()
            return [OpenSession.of(found, self._end(found)) for found in session.scalars(wanted)]

    def revoke_session(self, actor: Principal, session_id: str, *, address: str = "") -> None:
        """End one of one's own sessions, or another user's.

        Raises:
            SessionNotFound: It has ended already, or the actor has no power over its user.
        """
        actor.require(Permission.MANAGE_OWN_ACCOUNT)
        with self._ledger.session() as session:
            found = session.get(UserSession, session_id)
            if found is None:
                raise _session_not_found()
            if found.user_id != actor.user_id and actor.may(Permission.MANAGE_USERS):
                require_power_over(actor, found.user)
            elif found.user_id != actor.user_id:
                raise _session_not_found()
            session.delete(found)
            write_entry(
                session, self._clock.now(), actor, "session.revoked", found.user.email, address=address
            )

    def revoke_other_sessions(self, actor: Principal, email: str | None = None, *, address: str = "") -> int:
        """End all of one's sessions but the present one, and return how many that were.

        With an address, all sessions of that user, whom one may manage.

        Raises:
            NotPermitted, UserNotFound: As for `asked_about`; the operator must name a user.
        """
        with self._ledger.session() as session:
            user = asked_about(actor, session, email)
            if user is None:
                raise NotPermitted("The operator of this machine has no sessions; say whose are to end.")
            others = delete(UserSession).where(
                UserSession.user_id == user.id, UserSession.id != actor.credential_id
            )
            result = session.execute(others)
            ended = result.rowcount if isinstance(result, CursorResult) else 0
            write_entry(
                session,
                self._clock.now(),
                actor,
                "session.others_revoked",
                user.email,
                details={"sessions": ended},
                address=address,
            )
        return ended

    def _open(self) -> Select[UserSession]:
        return (
            select(UserSession)
            .where(
                UserSession.expires_at > self._clock.now(),
                UserSession.seen_at > self._clock.now() - self._idle,
            )
            .order_by(UserSession.seen_at.desc(), UserSession.id)
        )

    def _end(self, session: UserSession) -> datetime:
        """Return when a session ends if nobody uses it from now on."""
        return min(session.expires_at, session.seen_at + self._idle)

    def _signed_in_from(self, session: Session, user: User, address: str) -> bool:
        since = self._clock.now() - _ADDRESS_REMEMBERED
        same = select(AuditEntry.id).where(
            AuditEntry.actor_id == user.id,
            AuditEntry.act == SIGNED_IN,
            AuditEntry.address == address[:_LONGEST_ADDRESS],
            AuditEntry.at > since,
        )
        return bool(session.scalar(select(exists(same))))

    def _note_failure(self, user: User | None, address: str) -> None:
        # What was typed as an unknown address is not kept: it may be a password in the wrong field.
        with self._ledger.session() as session:
            subject = user.email if user else ""
            write_entry(session, self._clock.now(), None, "session.refused", subject, address=address)

    def _start(
        self, user_id: str, checked_hash: str, renewed_hash: str | None, address: str, user_agent: str
    ) -> SignedIn:
        token, now = new_token(), self._clock.now()
        with self._ledger.session() as session:
            user = session.get(User, user_id)
            # The user may have been disabled, or their password changed, while the hash was computed.
            if user is None or user.disabled_at is not None or user.password_hash != checked_hash:
                raise _sign_in_failed()
            user.password_hash = renewed_hash or checked_hash
            user.signed_in_at = now
            started = UserSession(
                id=new_id(),
                token_digest=digest(token),
                user_id=user.id,
                created_at=now,
                seen_at=now,
                expires_at=now + LIFETIME,
                address=address[:_LONGEST_ADDRESS],
                user_agent=user_agent[:_LONGEST_AGENT],
            )
            session.add(started)
            session.execute(
                delete(UserSession).where(
                    or_(UserSession.expires_at <= now, UserSession.seen_at <= now - self._idle)
                )
            )
            principal = _principal(user, started.id)
            write_entry(session, now, principal, SIGNED_IN, user.email, address=address)
        return SignedIn(principal=principal, token=token, expires_at=now + LIFETIME)


def _principal(user: User, session_id: str) -> Principal:
    return Principal(
        user_id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        how=How.SESSION,
        credential_id=session_id,
    )


def _sign_in_failed() -> InvalidSignIn:
    return InvalidSignIn("The e-mail address or the password is not right.")


def _session_not_found() -> SessionNotFound:
    return SessionNotFound("This session has ended already.")
