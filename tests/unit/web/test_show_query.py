"""The same question elsewhere is the same question."""

from __future__ import annotations

import shlex

from finora.spend.query import Filter, Operator, Order, SpendQuery
from finora.web.address.show_query import shown


def test_the_command_asks_what_the_page_shows_with_its_sorting_and_filters() -> None:
    query = SpendQuery(
        metrics=("events",),
        dimensions=("person",),
        filters=(Filter(Operator.IS, "model", ("auto", "it's, odd")),),
        order=(Order("person", descending=False),),
    )
    command = shlex.split(shown(query, "https://finora.test", "/explore").command)
    assert command[:6] == ["finora", "query", "-m", "events", "--by", "person"]
    assert command[command.index("-f") + 1] == "is,model,auto,it's\\, odd"
    assert command[command.index("--sort") + 1] == "person"
