"""API tokens: random, shown once, kept as a digest, bounded by scopes and by their user's role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from finora.accounts.audit_trail import write_entry
from finora.accounts.errors import InvalidToken, NotPermitted, TokenInvalid, TokenNotFound
from finora.accounts.models import ApiToken
from finora.accounts.office import Office, asked_about, existing_user, require_power_over
from finora.accounts.principal import How, Principal
from finora.accounts.records import IssuedToken, TokenRecord
from finora.accounts.roles import Permission, Scope
from finora.accounts.sessions import SEEN_STEP
from finora.accounts.tokens import API_TOKEN_PREFIX, digest, new_token
from finora.storage.ledger import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_LONGEST_NAME = 200
_NEWEST = select(ApiToken).order_by(ApiToken.created_at.desc(), ApiToken.id)


class ApiTokens(Office):
    """Tokens that act for users."""

    def issue_token(
        self,
        actor: Principal,
        *,
        name: str,
        scopes: Iterable[Scope] = (Scope.READ,),
        user_id: str | None = None,
        expires_at: datetime | None = None,
        address: str = "",
    ) -> IssuedToken:
        """Make a token for oneself; the operator of the machine makes one for anybody.

        Nobody else acts in another's name: what they did would be told of the wrong person, and it would go on when
        they themselves lose their role. What a token issues ends no later than the token, and is revoked with it, so that
        a leaked token cannot outlive itself.

        Raises:
            NotPermitted: It is for somebody else, or the actor is a token without the scope `admin`.
            InvalidToken: It has no name or no scope, or would have expired already.
            UserNotFound: There is no such user; the operator must name one.
        """
        wanted = frozenset(scopes)
        plain = " ".join(name.split())[:_LONGEST_NAME]
        now = self._clock.now()
        _check(plain, wanted, expires_at, now)
        token = new_token(API_TOKEN_PREFIX)
        with self._ledger.session() as session:
            actor.require(Permission.MANAGE_OWN_ACCOUNT)
            if user_id not in {None, actor.user_id}:
                refuse_in_other_names(actor)
            user = existing_user(session, user_id or actor.user_id)
            issuer = session.get(ApiToken, actor.credential_id) if actor.how is How.TOKEN else None
            end = _no_later(expires_at, issuer)
            row = ApiToken(
                id=new_id(),
                token_digest=digest(token),
                user_id=user.id,
                user=user,
                name=plain,
                last4=token[-4:],
                scopes=sorted(wanted),
                created_at=now,
                expires_at=end,
                issued_by=issuer.id if issuer else None,
            )
            session.add(row)
            details = {"user": user.email, "scopes": sorted(wanted)}
            write_entry(session, now, actor, "token.issued", plain, details=details, address=address)
            return IssuedToken(record=TokenRecord.of(row), token=token)

    def principal_for_token(self, token: str) -> Principal:
        """Return who an API token stands for.

        Raises:
            TokenInvalid: It is unknown, was revoked or has expired, or its user was disabled.
        """
        now = self._clock.now()
        with self._ledger.reading() as session:
            found = session.scalar(select(ApiToken).where(ApiToken.token_digest == digest(token)))
        if found is None or found.user.disabled_at is not None:
            raise TokenInvalid(
                "This API token is not valid: it was revoked, or mistyped. Issue a new one in Settings."
            )
        if found.expires_at is not None and found.expires_at <= now:
            raise TokenInvalid(
                f"This API token expired on {found.expires_at:%Y-%m-%d}. Issue a new one in Settings."
            )
        if found.used_at is None or now - found.used_at >= SEEN_STEP:
            with self._ledger.session() as session:
                session.execute(update(ApiToken).where(ApiToken.id == found.id).values(used_at=now))
        user = found.user
        return Principal(
            user_id=user.id,
            email=user.email,
            name=user.name,
            role=user.role,
            how=How.TOKEN,
            scopes=frozenset(Scope(scope) for scope in found.scopes),
            credential_id=found.id,
        )

    def tokens_of(self, user_id: str) -> list[TokenRecord]:
        """Return a user's tokens, newest first, expired ones included."""
        with self._ledger.reading() as session:
            return [
                TokenRecord.of(token) for token in session.scalars(_NEWEST.where(ApiToken.user_id == user_id))
            ]

    def tokens(self, actor: Principal, email: str | None = None) -> list[TokenRecord]:
        """Return one's own tokens, or those of a user whom one may manage; for the operator, everybody's.

        Raises:
            NotPermitted, UserNotFound: As for `asked_about`.
        """
        with self._ledger.reading() as session:
            user = asked_about(actor, session, email)
            wanted = _NEWEST.where(ApiToken.user_id == user.id) if user else _NEWEST
            return [TokenRecord.of(token) for token in session.scalars(wanted)]

    def revoke_token(self, actor: Principal, token_id: str, *, address: str = "") -> None:
        """Make one of one's own tokens, or another user's, useless at once.

        Raises:
            TokenNotFound: It was revoked already, or the actor has no power over its user.
        """
        actor.require(Permission.MANAGE_OWN_ACCOUNT)
        with self._ledger.session() as session:
            found = session.get(ApiToken, token_id)
            if found is None:
                raise _token_not_found()
            if found.user_id != actor.user_id and actor.may(Permission.MANAGE_USERS):
                require_power_over(actor, found.user)
            elif found.user_id != actor.user_id:
                raise _token_not_found()
            session.delete(found)
            details = {"user": found.user.email}
            write_entry(
                session,
                self._clock.now(),
                actor,
                "token.revoked",
                found.name,
                details=details,
                address=address,
            )


def refuse_in_other_names(actor: Principal) -> None:
    """Go on only if somebody may issue tokens in the names of others.

    Raises:
        NotPermitted: They are not the operator of the machine.
    """
    if actor.how is not How.OPERATOR:
        raise NotPermitted(
            "A token in somebody's name is issued by themselves, under Settings → Your account, or on the machine that "
            "runs Finora with: finora tokens create --email …"
        )


def _check(name: str, scopes: frozenset[Scope], expires_at: datetime | None, now: datetime) -> None:
    if not name:
        raise InvalidToken("Give the token a name that says what it is for.")
    if not scopes:
        raise InvalidToken(f"Give the token a scope: {', '.join(Scope)}.")
    if expires_at is not None and expires_at <= now:
        raise InvalidToken("The token's last day is in the past.")


def _no_later(wanted: datetime | None, issuer: ApiToken | None) -> datetime | None:
    """Return when a token is to expire: as wanted, or with the token that issues it.

    Raises:
        InvalidToken: It was to outlive that token.
    """
    if issuer is None or issuer.expires_at is None:
        return wanted
    if wanted is not None and wanted > issuer.expires_at:
        raise InvalidToken(
            f"What a token issues ends no later than the token, on {issuer.expires_at:%Y-%m-%d}. Issue it signed in instead."
        )
    return wanted or issuer.expires_at


def _token_not_found() -> TokenNotFound:
    return TokenNotFound("This API token was revoked already.")
