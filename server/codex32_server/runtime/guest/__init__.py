"""What runs inside the sandbox before and around the bot's own code; standard library only."""
