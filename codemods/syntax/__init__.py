"""Python as text: what a file holds, which names it binds and reads, and what they mean."""
