"""The documentation in the browser, and as Markdown for assistants."""
