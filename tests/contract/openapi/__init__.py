"""The simulator against the description that it serves."""
