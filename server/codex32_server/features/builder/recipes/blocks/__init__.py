"""The blocks from which bots are composed. The list of all of them is `catalog.py`."""
