"""Quantum jobs on an on-premises system: the Quantum System REST API, and an object store for their data."""
