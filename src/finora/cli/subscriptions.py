"""`finora subscriptions`: flat-rate spend."""

from __future__ import annotations

import typer

from finora.cli import subscription_book as book
from finora.cli import subscription_figures as figures

subscriptions = typer.Typer(help="AI subscriptions: plans, seats and what they cost.", no_args_is_help=True)

subscriptions.command("list")(book.list_subscriptions)
subscriptions.command("add")(book.add)
subscriptions.command("change")(book.change)
subscriptions.command("withdraw")(book.withdraw)
subscriptions.command("delete")(book.delete)
subscriptions.command("restore")(book.restore)
subscriptions.command("assign")(book.assign)
subscriptions.command("import")(book.import_file)
subscriptions.command("export")(book.export_file)
subscriptions.command("summary")(figures.summary)
subscriptions.command("trend")(figures.trend)
subscriptions.command("renewals")(figures.renewals)
subscriptions.command("people")(figures.people)
subscriptions.command("seat-use")(figures.seat_use)
subscriptions.command("skus")(figures.skus)
