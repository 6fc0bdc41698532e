"""What turns words into a bot, each behind the port `contract.Engine`."""
