"""Everything that runs the legacy and the refactored system side by side."""
