"""Claims work, runs it and reports: slots, leases, drain. It decides nothing about bots and knows no HTTP.

The database decides who holds what (queue); the sandbox is the runtime's; this room keeps the two in step.
"""
