"""Events: the list of single events, and one of them with all it holds."""
