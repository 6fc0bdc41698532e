"""The only place that may import a provider's SDK. Empty until the gateway is built."""
