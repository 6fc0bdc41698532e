"""What triggers do: when they are due, what happens to each slot, how manifests declare them."""
