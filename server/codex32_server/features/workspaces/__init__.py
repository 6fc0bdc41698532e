"""The tenant: a workspace and its members."""
