"""Moves functions between Lambda handlers and proves that nothing else changed."""
