"""Source to source: LibCST codemods that move functions between Lambda handlers."""
