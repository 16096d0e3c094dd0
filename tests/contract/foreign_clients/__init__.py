"""Clients that others wrote, unchanged, against the simulator."""
