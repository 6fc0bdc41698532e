"""What runs may do and how: submitting, viewing, logs, files, state. Queries are in `repository`."""
