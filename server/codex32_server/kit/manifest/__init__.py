"""What a bot is on paper: header, manifest, signature, package, digest, difference. Nothing is run or stored.

Bot code is read with `ast` and `tomllib` only; it is never imported here.
"""
