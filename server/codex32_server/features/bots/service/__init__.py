"""Decisions about bots: deploying, proofs, and where the environments point."""
