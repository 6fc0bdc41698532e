"""Texts to vectors: the port, and the model that runs here. Pure: neither HTTP nor the database."""
