"""Our client of the Quantum System API against a system that keeps the API's contract."""
