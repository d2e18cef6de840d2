"""The event store on ClickHouse: past one machine, for several processes at once.

The package `clickhouse-connect` is only there with the extra `clickhouse`; `opening` says so where it is missing.
"""

from finora.storage.events.clickhouse.address import Address, parse_address
from finora.storage.events.clickhouse.turns import Alone, Turns

__all__ = ["Address", "Alone", "Turns", "parse_address"]
