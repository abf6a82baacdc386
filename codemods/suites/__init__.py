"""People's own unit tests, which follow what moved."""
