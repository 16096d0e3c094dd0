"""Client of the Qiskit Runtime REST API, the API of IBM's quantum computers in the cloud."""
