"""Single sign-on: whom an OpenID Connect issuer vouches for, as users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finora.accounts.audit_trail import write_entry
from finora.accounts.errors import IdentityRefused, NotPermitted
from finora.accounts.models import SignInIdentity, User
from finora.accounts.office import existing_user, new_user
from finora.accounts.roles import Permission, Role
from finora.accounts.sessions import Sessions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from finora.accounts.principal import Principal
    from finora.accounts.records import SignedIn
    from finora.openid import Person


class Identities(Sessions):
    """Users by who they are at an issuer. An e-mail address alone never opens an account that has a password."""

    def sign_in_as(self, person: Person, *, address: str = "", user_agent: str = "") -> SignedIn:
        """Start a session for somebody whom an issuer vouches for.

        Somebody unknown whose domain may come in becomes a viewer, who sees their own usage. Somebody who was invited
        and has no password yet is known by their verified address, as they would be by the link in their mailbox.

        Raises:
            IdentityRefused: They were not invited, are disabled, or their address belongs to an account that they must
                first prove to be theirs.
        """
        with self._ledger.session() as session:
            user = self._user_of(session, person) or self._user_by_address(session, person, address)
            if user.disabled_at is not None:
                raise IdentityRefused("Your account is disabled. Ask an admin of your workspace.")
        return self._start(user.id, user.password_hash, None, address, user_agent)

    def link_identity(self, actor: Principal, person: Person, *, address: str = "") -> None:
        """Let the actor come in by an issuer from now on.

        Raises:
            IdentityRefused: The identity is another user's already.
        """
        actor.require(Permission.MANAGE_OWN_ACCOUNT)
        with self._ledger.session() as session:
            user = existing_user(session, actor.user_id)
            known = self._user_of(session, person)
            if known is not None and known.id != user.id:
                raise IdentityRefused("This identity belongs to another account of this workspace.")
            if known is None:
                self._link(session, user, person, actor, address)

    def unlink_identities(self, actor: Principal, *, address: str = "") -> None:
        """Take away the actor's ways in by issuers.

        Raises:
            IdentityRefused: They have no password, so that they could not come in any more.
        """
        actor.require(Permission.MANAGE_OWN_ACCOUNT)
        if actor.user_id is None:
            raise NotPermitted("The operator of this machine has no account of their own.")
        with self._ledger.session() as session:
            user = existing_user(session, actor.user_id)
            if not user.password_hash:
                raise IdentityRefused(
                    "You have no password, so that you could not sign in any more. Set one first."
                )
            session.execute(delete(SignInIdentity).where(SignInIdentity.user_id == user.id))
            write_entry(session, self._clock.now(), actor, "identity.unlinked", user.email, address=address)

    def has_identity(self, user_id: str) -> bool:
        """Return whether a user can come in by an issuer."""
        with self._ledger.reading() as session:
            wanted = select(SignInIdentity.id).where(SignInIdentity.user_id == user_id).limit(1)
            return session.scalar(wanted) is not None

    def _user_of(self, session: Session, person: Person) -> User | None:
        found = session.scalar(
            select(SignInIdentity).where(
                SignInIdentity.issuer == person.issuer, SignInIdentity.subject == person.subject
            )
        )
        return found.user if found else None

    def _user_by_address(self, session: Session, person: Person, address: str) -> User:
        user = session.scalar(select(User).where(User.email == person.email))
        if user is None:
            return self._joined(session, person, address)
        has_other = session.scalar(
            select(SignInIdentity.id).where(SignInIdentity.user_id == user.id).limit(1)
        )
        if user.password_hash or has_other:
            raise IdentityRefused(
                f"There is an account {person.email} already. Sign in to it as you did before, and connect single sign-on "
                "in Settings → Your account."
            )
        self._link(session, user, person, None, address)
        return user

    def _joined(self, session: Session, person: Person, address: str) -> User:
        if not person.may_join:
            raise IdentityRefused(
                f"There is no account {person.email}. Ask an admin of your workspace to invite you."
            )
        user = new_user(person.email, person.name, Role.VIEWER, "", self._clock.now())
        session.add(user)
        session.flush()
        write_entry(session, self._clock.now(), None, "user.joined", user.email, address=address)
        self._link(session, user, person, None, address)
        return user

    def _link(
        self, session: Session, user: User, person: Person, actor: Principal | None, address: str
    ) -> None:
        now = self._clock.now()
        session.add(
            SignInIdentity(user_id=user.id, issuer=person.issuer, subject=person.subject, linked_at=now)
        )
        details = {"issuer": person.issuer}
        write_entry(session, now, actor, "identity.linked", user.email, details=details, address=address)
