"""A directory in which a test writes a job file and whatever the job file names."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from direct_access import jobfile
from direct_access.errors import InputError
from direct_access.jobfile import JobFile

BELL = """OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
h q[0];
cx q[0], q[1];
c = measure q;
"""

SWEEP = """OPENQASM 3.0;
include "stdgates.inc";
input float[64] alpha;
input float[64] beta;
qubit[2] q;
rx(alpha) q[0];
ry(beta) q[1];
"""


class JobDirectory:
    """The job file is ``job.yaml``; findings are strings without the directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("bell.qasm", BELL)
        self.write("sweep.qasm", SWEEP)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, text: str, *, thorough: bool = False) -> JobFile:
        return jobfile.load(self.write("job.yaml", text), thorough=thorough)

    def params(self, text: str) -> Any:
        """Return the params object of a job file, decoded from the bytes that would be sent."""
        sent = io.BytesIO()
        self.load(text).params.write(sent)
        return json.loads(sent.getvalue())

    def warnings(self, text: str, *, thorough: bool = False) -> list[str]:
        return [self._text(warning) for warning in self.load(text, thorough=thorough).warnings]

    def errors(self, text: str, *, thorough: bool = False) -> list[str]:
        with pytest.raises(InputError) as refused:
            self.load(text, thorough=thorough)
        return [self._text(found) for found in refused.value.findings if found.severity == "error"]

    def error(self, text: str, *, thorough: bool = False) -> str:
        (found,) = self.errors(text, thorough=thorough)
        return found

    def _text(self, finding: object) -> str:
        return str(finding).replace(f"{self.root}/", "")


@pytest.fixture
def jobs(tmp_path: Path) -> JobDirectory:
    return JobDirectory(tmp_path)
