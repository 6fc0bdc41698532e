"""Secrets of a workspace: encrypted values that only runs whose manifest names them are given."""
