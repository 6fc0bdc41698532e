"""What services do, in the caller's transaction."""
