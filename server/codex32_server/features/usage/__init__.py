"""Budgets and the ledger. Empty until its capability is built."""
