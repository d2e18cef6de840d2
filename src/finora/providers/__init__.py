"""Providers: the AI vendors whose usage Finora reads, each a plug-in behind one seam."""
