"""Wrong refactors, made on purpose, and what of the harness finds them."""
