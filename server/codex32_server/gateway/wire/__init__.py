"""OpenAI and Anthropic wire formats of the gateway. Empty until the gateway is built."""
