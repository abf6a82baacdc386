"""How long it takes: under a declared latency model on virtual time, and what that is made of."""
