"""Replicas of services on this worker: claimed, watched, let in to, ended. What follows from an end is
decided in `features/services`.
"""
