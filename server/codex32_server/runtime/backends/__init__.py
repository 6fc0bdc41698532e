"""Where a run's sandbox lives: local now, Kubernetes when it is built."""
