"""One-time links with which somebody sets a password: to accept an invitation, or because the old one was forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finora.accounts.audit_trail import write_entry
from finora.accounts.email_address import plain_email
from finora.accounts.errors import EmailTaken, LinkInvalid
from finora.accounts.models import OneTimeLink, User
from finora.accounts.office import new_user, set_password, user_in_power_of
from finora.accounts.passwords import check_password
from finora.accounts.records import IssuedLink, LinkKind, LinkRecord
from finora.accounts.roles import Permission, Role
from finora.accounts.tokens import digest, new_token
from finora.accounts.users import Users

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from finora.accounts.principal import Principal

LIFETIME = timedelta(minutes=30)
_PAUSE = timedelta(minutes=5)
"""How long nobody gets a second link by asking for it, so that nobody's mailbox can be filled."""


class Links(Users):
    """Invitations and resets. A link works once, for half an hour, and only the newest of a user does."""

    def invite(
        self, actor: Principal, *, email: str, role: Role, name: str = "", address: str = ""
    ) -> IssuedLink:
        """Make a user without a password, and the link with which they set one.

        Raises:
            NotPermitted: The actor may not manage users, or may not make owners.
            InvalidEmail, EmailTaken: The address cannot be used.
        """
        actor.require(Permission.MANAGE_OWNERS if role is Role.OWNER else Permission.MANAGE_USERS)
        user = new_user(email, name, role, "", self._clock.now())
        with self._ledger.session() as session:
            if session.scalar(select(User.id).where(User.email == user.email)) is not None:
                raise EmailTaken(f"There is already a user {user.email}.")
            session.add(user)
            session.flush()
            details = {"role": role}
            write_entry(
                session,
                self._clock.now(),
                actor,
                "user.invited",
                user.email,
                details=details,
                address=address,
            )
            return self._issued(session, user)

    def issue_link(self, actor: Principal, user_id: str, *, address: str = "") -> IssuedLink:
        """Make a link for a user whom the actor may manage; their present password works until it is used.

        Raises:
            NotPermitted, UserNotFound: As for `set_role`.
        """
        with self._ledger.session() as session:
            user = user_in_power_of(actor, session, user_id)
            write_entry(session, self._clock.now(), actor, "link.issued", user.email, address=address)
            return self._issued(session, user)

    def may_request_reset(self, email: str, *, address: str = "") -> None:
        """Go on only if a link may be asked for from a place, which counts.

        Raises:
            TooManyAttempts: There were too many such requests.
        """
        self._throttle.attempt(f"reset {plain_email(email)}", address, is_known=False)

    def request_reset(self, email: str, *, address: str = "") -> IssuedLink | None:
        """Make a link for whoever has forgotten a password; it must reach them by e-mail alone.

        Returns:
            None where no enabled user has the address, or a link was made just before. Who asks must not learn which.
        """
        plain, now = plain_email(email), self._clock.now()
        with self._ledger.session() as session:
            user = session.scalar(select(User).where(User.email == plain, User.disabled_at.is_(None)))
            if user is None:
                return None
            newest = select(OneTimeLink.created_at).where(OneTimeLink.user_id == user.id)
            if any(now - made < _PAUSE for made in session.scalars(newest)):
                return None
            write_entry(session, now, None, "link.requested", user.email, address=address)
            return self._issued(session, user)

    def link(self, token: str) -> LinkRecord:
        """Return what a link is for.

        Raises:
            LinkInvalid: It cannot be used any more.
        """
        with self._ledger.reading() as session:
            found = session.get(OneTimeLink, digest(token))
        return LinkRecord.of(self._valid(found))

    def use_link(self, token: str, password: str, *, address: str = "") -> LinkRecord:
        """Set the password of a link's user; the link, their sessions and their API tokens end.

        Raises:
            LinkInvalid: It cannot be used any more.
            WeakPassword: The password breaks a rule; the link stays good.
        """
        record = self.link(token)
        check_password(password, record.email)
        password_hash = self._passwords.hash(password)
        with self._ledger.session() as session:
            found = self._valid(session.get(OneTimeLink, digest(token)))
            # Deleting is the atomic step: of two who use the link at once, one deletes no row.
            used = delete(OneTimeLink).where(OneTimeLink.token_digest == found.token_digest)
            if session.execute(used.returning(OneTimeLink.user_id)).first() is None:
                raise _link_invalid()
            set_password(session, found.user, password_hash, self._clock.now())
            act = "invitation.accepted" if record.kind is LinkKind.INVITATION else "user.password_reset"
            write_entry(session, self._clock.now(), None, act, record.email, address=address)
        return record

    def _issued(self, session: Session, user: User) -> IssuedLink:
        """Make a link in the place of those before."""
        token, now = new_token(), self._clock.now()
        session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id))
        session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at <= now))
        link = OneTimeLink(
            token_digest=digest(token),
            user_id=user.id,
            kind=LinkKind.RESET if user.password_hash else LinkKind.INVITATION,
            created_at=now,
            expires_at=now + LIFETIME,
            user=user,
        )
        session.add(link)
        return IssuedLink(record=LinkRecord.of(link), token=token)

    def _valid(self, link: OneTimeLink | None) -> OneTimeLink:
        if link is None or link.expires_at <= self._clock.now() or link.user.disabled_at is not None:
            raise _link_invalid()
        return link


def _link_invalid() -> LinkInvalid:
    return LinkInvalid(
        "This link was used already, is older than half an hour, or a newer one was made. Ask for a new one."
    )
