"""Taking in what v1 left behind. Empty until its capability is built."""
