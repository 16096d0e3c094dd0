"""Quantum jobs in the cloud: the Qiskit Runtime REST API, for jobs and their data alike."""
