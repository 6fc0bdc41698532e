"""problem+json, paging, SSE and the principal and transaction dependencies that endpoints use."""
