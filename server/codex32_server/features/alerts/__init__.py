"""Rules that notice, and channels that tell people. Empty until its capability is built."""
