"""Sealing and opening values, and rotating the keys they are sealed with."""
