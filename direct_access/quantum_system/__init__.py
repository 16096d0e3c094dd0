"""Client of the IBM Quantum System REST API, the API of an on-prem quantum system."""
