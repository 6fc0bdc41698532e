"""The durable log of events. Empty until its capability is built."""
