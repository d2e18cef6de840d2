"""The catalogue of plans: what a form offers, and names and vendors for what is tracked.

The package brings `catalogue.toml`; `skus.toml` in the data directory adds entries or replaces those of the same id.
A list price is a default to edit, never a fact.
"""

from __future__ import annotations

import logging
import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from finora.subscriptions.accrual import BillingCycle, divided
from finora.subscriptions.reading import SKU_SHAPE, price_in_nano

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OWN_FILE = "skus.toml"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    """A plan that can be bought.

    Attributes:
        id: What subscriptions name it by.
        vendor: Who sells it.
        plan: What they call it.
        monthly: List price of a seat paid by the month, in nano-USD; none where it is not sold so.
        annual: List price of a seat paid by the year, for the whole year.
        source: The page about it.
        checked: A day on which that page is known to have said so; none where nobody has checked it.
        own: Whether the entry comes from the workspace's own file.
    """

    id: str
    vendor: str
    plan: str
    monthly: int | None = None
    annual: int | None = None
    source: str
    checked: date | None = None
    own: bool = False

    @property
    def label(self) -> str:
        """Vendor and plan, the vendor only once."""
        return self.plan if self.vendor.lower() in self.plan.lower() else f"{self.vendor} {self.plan}"

    @property
    def annual_by_month(self) -> int | None:
        """What a seat paid by the year costs a month, rounded to a nano."""
        return None if self.annual is None else divided(self.annual, 12)

    def list_price(self, cycle: BillingCycle) -> int | None:
        """Return what one seat costs for a cycle by list."""
        return self.annual if cycle is BillingCycle.ANNUAL else self.monthly


class Catalogue:
    """The plans there are, by id.

    Args:
        own_file: The workspace's own file; it may appear, change and go while Finora runs.
    """

    def __init__(self, own_file: Path) -> None:
        self._own_file = own_file
        self._built_in = _read(files("finora.subscriptions").joinpath("catalogue.toml").read_text("utf-8"))
        self._told = ""

    def skus(self) -> Mapping[str, Sku]:
        """Return all plans, by vendor and plan; without the workspace's own where their file cannot be read."""
        own, _problem = self._own()
        every = self._built_in | own
        return {
            each.id: each for each in sorted(every.values(), key=lambda sku: (sku.vendor, sku.plan, sku.id))
        }

    def problem(self) -> str:
        """Return why the workspace's own file cannot be read; empty where it can, or there is none."""
        return self._own()[1]

    def _own(self) -> tuple[dict[str, Sku], str]:
        try:
            return _read(self._own_file.read_text("utf-8"), own=True), ""
        except FileNotFoundError:
            return {}, ""
        except (OSError, ValueError) as failure:
            problem = f"{self._own_file.name} in the data directory cannot be read, so its plans are missing: {failure}."
            if problem != self._told:
                self._told = problem
                _LOG.warning("%s", problem)
            return {}, problem


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    vendor: str
    plan: str
    source: str
    checked: date | None = None
    monthly: str | None = None
    annual: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    sku: list[_Entry] = []


def _read(text: str, *, own: bool = False) -> dict[str, Sku]:
    """Return the plans of a file.

    Raises:
        ValueError: It is not TOML of this form, names a plan twice, or has an id or a price that cannot be used.
    """
    # TOMLDecodeError and ValidationError are ValueErrors; the latter says where: `$.sku[3].checked`.
    entries = msgspec.convert(tomllib.loads(text), _File).sku
    found: dict[str, Sku] = {}
    for entry in entries:
        if not SKU_SHAPE.fullmatch(entry.id):
            raise ValueError(f"the id “{entry.id}” must be of small letters, digits, “-”, “.” and “_”")
        if entry.id in found:
            raise ValueError(f"“{entry.id}” is there twice")
        found[entry.id] = Sku(
            id=entry.id,
            vendor=entry.vendor,
            plan=entry.plan,
            monthly=_price(entry.id, entry.monthly),
            annual=_price(entry.id, entry.annual),
            source=entry.source,
            checked=entry.checked,
            own=own,
        )
    return found


def _price(sku: str, text: str | None) -> int | None:
    try:
        return None if text is None else price_in_nano(text)
    except ValueError as problem:
        raise ValueError(f"the price of “{sku}” {problem}") from None
