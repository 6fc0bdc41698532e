"""Submitting, reading and cancelling runs, their logs and files."""
