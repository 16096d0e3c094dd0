"""Trying again: what, how often and until when. It knows errors and time, and no HTTP."""
