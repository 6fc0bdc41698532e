"""Bots that stay up: what is wanted, what runs, what happened, and how requests find a replica."""
