"""Ask: a question in plain words and its answer."""
