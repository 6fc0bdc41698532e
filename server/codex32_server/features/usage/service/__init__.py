"""What is decided about money, by what it is about."""
