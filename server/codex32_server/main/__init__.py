"""Composition roots: up, api, worker, scheduler. The only place that reads settings and builds concrete things."""
