"""A first look at a tree that nobody has described yet."""
