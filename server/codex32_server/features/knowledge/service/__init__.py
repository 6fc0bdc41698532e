"""What is done with knowledge: keeping, reading, indexing, rebuilding, searching."""
