"""HTTP as this project uses it: one exchange at a time, by our own configuration, with our own errors."""
