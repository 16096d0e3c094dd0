"""The checks, one module for each layer."""
