"""Warm starts: processes in the sandbox that have imported everything and fork for each run.

The guest's side is in `runtime.guest` (`zygote`, `child`, `resident`). Everything here is an acceleration:
where it cannot be had, `WarmStarts.start` gives None and the run is started cold, with the same verdict.
"""
