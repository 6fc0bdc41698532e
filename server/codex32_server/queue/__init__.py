"""Runs and jobs as rows: claim, complete, leases, transitions. Owns the tables and every write of a status."""
