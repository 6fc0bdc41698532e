"""What happens to a session, and to a wish that needs none."""
