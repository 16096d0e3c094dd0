"""Execution of primitive jobs in worker processes.

The server's process imports neither qiskit nor numpy: Aer holds the interpreter's lock while it works, so
circuits are read and simulated by processes of their own (:mod:`.worker`), which a job's end or death
cannot take the server with.
"""

from direct_access.simulator.execution.executor import Executor, Running
from direct_access.simulator.execution.task import Outcome, Task

__all__ = ["Executor", "Outcome", "Running", "Task"]
