"""The code that ends up inside bots, kept as real modules so that lint, types and tests see it.

`source.py` cuts out what a bot needs and nothing else; names are unique across all modules here.
`proofs_*.py` hold the tests that travel with the functions. Nothing of the server may be imported here.
"""
