"""The append-only record of who changed what. Empty until its capability is built."""
