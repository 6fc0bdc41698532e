"""Documents, chunks and search. Empty until its capability is built."""
