"""One event set out: every field, how its cost was found, and how its type is known."""

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from finora.spend.listing import FormerFigures, ListedEvent
from finora.values.money import usd_text
from finora.values.period import Period, utc_text
from finora.web.address.links import Links, View, equal
from finora.web.figures import formats

BASES = MappingProxyType(
    {
        "reported": "Reported: the provider says so in a field of the event.",
        "structural": "Structural: ids on the event prove it.",
        "activity": "Activity: told from what the person used that day, by the provider's daily counts.",
        "unknown": "Unknown: the provider does not say it, and nothing else tells.",
    }
)
_APPORTIONED = (
    " The counts leave more than one type, so the day's conversations were apportioned in their ratio: right in sum, "
    "not certain for this one event."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event as its page shows it."""

    event: ListedEvent
    former: tuple[FormerFigures, ...]
    links: Links
    zone: ZoneInfo

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """Who, when, what: name, value, and the way to more of the same."""
        event = self.event
        found = [
            ("Time", formats.precise_moment(event.at, self.zone), ""),
            ("Person", event.person_label, self._page("person", event.person)),
            ("Team", event.team_label, ""),
            ("Model", event.model_label, self._more("model", event.model)),
            ("Vendor", event.vendor_label, ""),
            ("Connection", event.connection_label or event.connection, ""),
            ("Max Mode", _yes(flag=event.max_mode), ""),
            ("Headless", _yes(flag=event.headless), ""),
            ("Billed by tokens", _yes(flag=event.token_based), ""),
        ]
        if event.service_account != "none":
            found.append(
                (
                    "Service account",
                    event.service_account_label,
                    self._more("service_account", event.service_account),
                )
            )
        for label, name, value in (
            ("Conversation", "conversation", event.conversation),
            ("Cloud agent", "cloud_agent", event.cloud_agent),
            ("Automation", "automation", event.automation),
        ):
            if value:
                found.append((label, value, self._events(name, value)))
        return found

    @property
    def tokens(self) -> list[tuple[str, str]]:
        """Tokens by class."""
        event = self.event
        return [
            ("Input", f"{event.input_tokens:,}"),
            ("Output", f"{event.output_tokens:,}"),
            ("Cache write", f"{event.cache_write_tokens:,}"),
            ("Cache read", f"{event.cache_read_tokens:,}"),
            ("All", f"{event.tokens:,}"),
            ("Request units", formats.figure("requests", event.requests).exact),
        ]

    @property
    def cost(self) -> list[tuple[str, str]]:
        """The amounts, exact."""
        event = self.event
        price = "none given" if event.cost is None else f"${usd_text(event.cost)}"
        return [
            ("Price, as the provider states it", price),
            ("of which fee", f"${usd_text(event.fee)}"),
            ("List cost of the model", f"${usd_text(event.list_cost)}"),
            ("Discount on it", f"${usd_text(event.discount)}"),
            ("Billed on top of the seats", _yes(flag=event.chargeable)),
            ("Billing label", event.kind),
        ]

    @property
    def cost_words(self) -> str:
        """How the cost was found, in words."""
        event = self.event
        if event.cost is None:
            return "The provider stated no price for this event, so it adds nothing to any amount."
        by_parts = event.list_cost - event.discount + event.fee
        words = "The price is the provider's own figure, never worked out from a price list."
        if by_parts == event.cost:
            return f"{words} It is the list cost less the discount plus the fee."
        if not event.chargeable and event.cost == 0:
            return f"{words} Nothing was charged for it."
        return words

    @property
    def type_words(self) -> str:
        """How the type is known, in words."""
        return BASES[self.event.type_basis.key] + (_APPORTIONED if self.event.apportioned else "")

    @property
    def revisions(self) -> list[dict[str, str]]:
        """What the figures were before, oldest first."""
        return [
            {
                "until": formats.precise_moment(each.until, self.zone),
                "cost": "none" if each.cost is None else f"${usd_text(each.cost)}",
                "fee": f"${usd_text(each.fee)}",
                "kind": each.kind,
                "billed": _yes(flag=each.chargeable),
            }
            for each in self.former
        ]

    @property
    def record(self) -> str:
        """The event as the API gives it, with the fields Finora does not know."""
        event = self.event
        body: dict[str, Any] = {
            "id": event.id,
            "timestamp": utc_text(event.at),
            "model": event.model,
            "kind": event.kind,
            "person": event.person,
            "event_type": event.event_type,
            "cost_usd": None if event.cost is None else usd_text(event.cost),
            "run": event.run,
            "further_fields": json.loads(event.extra) if event.extra else {},
        }
        return json.dumps(body, indent=2, ensure_ascii=False)

    def _more(self, dimension: str, key: str) -> str:
        query = View(query=self.links.defaults).having(filters=(equal(dimension, key),))
        return self.links.explore(query)

    def _page(self, dimension: str, key: str) -> str:
        return self.links.page_of(dimension, key, self.links.defaults) or self._more(dimension, key)

    def _events(self, dimension: str, key: str) -> str:
        query = View(query=self.links.defaults).having(
            filters=(equal(dimension, key),), period=Period.relative("all")
        )
        return self.links.events(query.query)


def _yes(*, flag: bool) -> str:
    return "yes" if flag else "no"
