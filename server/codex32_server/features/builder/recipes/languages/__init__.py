"""What is particular to one language: word classes, fillers, numbers, days. Grammar is elsewhere."""
