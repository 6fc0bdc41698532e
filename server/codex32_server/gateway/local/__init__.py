"""A small model that the installation runs itself, on this machine: for trying things out, and when nothing
else can be reached. An optional extra: without its packages there is just no such model.

`child` is the process that holds it, `process` starts and stops one, `keeper` decides when, `sending` puts
it behind the provider of kind `local`.
"""
