"""What several test suites build their cases from."""
