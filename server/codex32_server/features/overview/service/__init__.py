"""What needs a person, and how healthy bots are."""
