"""PostgreSQL: the embedded server, engines, transactions, tenancy. No table of a feature lives here."""
