"""/builder: wishes in one call, and sessions."""
