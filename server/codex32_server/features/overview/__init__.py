"""A workspace at a glance: what needs a person, numbers, what comes next, and how healthy bots are."""
