"""From a sentence to bot, manifest, tests and documentation, out of recipes."""
