"""Composition roots: up, api, worker, scheduler. Only here are settings read and concrete things built."""
