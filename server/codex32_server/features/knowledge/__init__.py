"""Documents, chunks and search."""
