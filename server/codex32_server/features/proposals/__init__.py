"""Changes to bots that somebody, or something, suggests, and a person approves."""
