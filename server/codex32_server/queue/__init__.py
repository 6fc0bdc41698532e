"""The queue: runs and jobs as rows of PostgreSQL. Submit, claim, complete, lease, cancel, wake.

Not here: what a run is for, who may submit one (features/runs), and how it is executed (worker, runtime).
"""
