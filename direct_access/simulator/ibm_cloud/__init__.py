"""The little of IBM Cloud's platform that clients of the Qiskit Runtime service ask for."""
