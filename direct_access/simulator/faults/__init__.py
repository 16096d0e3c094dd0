"""Bad days on demand. Each fault is one small piece of data."""
