"""Queries of services, replicas, events and incidents."""
