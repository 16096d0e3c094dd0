"""Why a job fails, with the codes of IBM's error registry (https://quantum.cloud.ibm.com/docs/errors).

The messages and solutions are ours. A code of the registry is used where its meaning fits.
"""

from __future__ import annotations

from typing import ClassVar


class JobFailed(Exception):
    """The job ends as Failed.

    :param message: what is wrong, where
    """

    code: ClassVar[int] = 5203
    solution: ClassVar[str] = "Look into the job's log."

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnknownProgram(JobFailed):
    """There is no such program."""

    code = 1300
    solution = "Use sampler or estimator as program_id."


class InvalidInput(JobFailed):
    """The params document is not what the program takes."""

    code = 1208
    solution = "Correct the params document; the primitives' inputs are described in the API's reference."


class InvalidCircuit(JobFailed):
    """A circuit is neither OpenQASM 3 nor QPY, or cannot be read."""

    code = 7000
    solution = "Give the circuit as OpenQASM 3 text or as QPY of versions 13 to 17."


class NotIsaCircuit(JobFailed):
    """A circuit has an instruction that the backend does not have on these qubits."""

    code = 1517
    solution = "Transpile the circuit for this backend before you send it."


class TooManyShots(JobFailed):
    """More shots than the backend takes."""

    code = 6000
    solution = "Ask for fewer shots, or split the job."


class TooLargeToSimulate(JobFailed):
    """The circuit is fine, but no simulation of it ends in reasonable time and memory."""

    code = 5204
    solution = "Use fewer qubits, or only Clifford gates, on the simulator."


class WorkerDied(JobFailed):
    """The process that executed the job has ended."""

    code = 5203
    solution = "The circuit may need more memory than there is; use fewer qubits."
