"""The history of the ledger's tables. How to add to it: `docs/ledger.md`."""
