"""How figures look: formats, charts, coverage, tiles and panels, each drawn from an answer."""
