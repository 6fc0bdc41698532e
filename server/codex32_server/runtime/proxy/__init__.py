"""The only way out of a sandbox: a process of its own beside each worker, one unix socket for each run.

`client` is what the driver uses, `process` is the child. Neither knows bots, databases or the platform's API.
"""
