"""The templates of a tree: read as YAML, edited as text."""
