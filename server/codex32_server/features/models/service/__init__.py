"""What a provider must be, which targets a name stands for, and whether a provider answers."""
