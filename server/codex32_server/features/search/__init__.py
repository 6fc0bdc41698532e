"""One search over what a workspace has and what the product brings."""
