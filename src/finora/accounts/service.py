"""Accounts as their callers see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.accounts.api_tokens import ApiTokens
from finora.accounts.audit_trail import every_page, read_entries
from finora.accounts.identities import Identities
from finora.accounts.links import Links
from finora.accounts.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.accounts.principal import Principal
    from finora.accounts.records import AuditRecord


class Accounts(Links, Identities, ApiTokens):
    """Users, their links, sessions and API tokens, and the audit log.

    Methods that change something take the acting `Principal`, check that they may, and write the act into the audit
    log in the same transaction.

    Args:
        ledger: Where accounts are kept.
        clock: What the time is.
        passwords: The hasher; tests take a cheap one.
        idle: How long a session lasts that nobody uses.
    """

    def audit_entries(
        self,
        actor: Principal,
        *,
        before: int | None = None,
        limit: int = 100,
        act: str | None = None,
        by: str | None = None,
    ) -> list[AuditRecord]:
        """Return acts, newest first.

        Args:
            actor: Who wants to read them.
            before: The id of the last entry of the page before.
            limit: How many at most, up to 1,000.
            act: Only this kind of act.
            by: Only acts of this user, by id or by address.

        Raises:
            NotPermitted: The actor may not read the audit log.
        """
        actor.require(Permission.READ_AUDIT_LOG)
        with self._ledger.reading() as session:
            return read_entries(session, before=before, limit=limit, act=act, by=by)

    def all_audit_entries(
        self, actor: Principal, *, act: str | None = None, by: str | None = None, address: str = ""
    ) -> Iterator[list[AuditRecord]]:
        """Return every act in pages, newest first, to be taken away as a file; that it was is an act as well.

        Raises:
            NotPermitted: The actor may not read the audit log.
        """
        actor.require(Permission.READ_AUDIT_LOG)
        asked = {name: value for name, value in (("act", act), ("by", by)) if value is not None}
        self.record(actor, "audit_log.exported", details=asked, address=address)
        return every_page(self._ledger, act=act, by=by)
