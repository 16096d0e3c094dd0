"""What the refusals of servers mean."""
