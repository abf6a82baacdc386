"""The sign-off: all evidence on two trees, gathered, decided, written, and held to later."""
