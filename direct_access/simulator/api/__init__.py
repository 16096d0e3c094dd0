"""The IBM Quantum System REST API: https://quantum.cloud.ibm.com/docs/en/api/quantum-system-rest"""
