"""The Qiskit Runtime REST API, on the state of the simulator: https://quantum.cloud.ibm.com/docs/en/api/qiskit-runtime-rest"""
