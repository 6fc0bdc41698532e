"""What models cost: virtual keys, budgets, reservations, the ledger and what is read from it."""
