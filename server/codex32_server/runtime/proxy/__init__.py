"""The egress proxy. Empty: runs have no network until it is built."""
