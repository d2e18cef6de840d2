"""`python -m finora` is `finora`."""

from finora.cli import main

main()
