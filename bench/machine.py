"""The machine that figures were taken on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import time
from pathlib import Path


def description(directory: Path) -> list[tuple[str, str]]:
    """Return what matters of the machine, by name.

    :param directory: on the disk that is measured
    """
    return [
        ("processor", f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores"),
        ("memory", f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.0f} GB"),
        ("disk", _disk(directory)),
        ("system", f"{_field('/etc/os-release', 'PRETTY_NAME', '=')}, Linux {platform.release()}"),
        ("Python", platform.python_version()),
        ("load at the start", f"{os.getloadavg()[0]:.1f}"),
    ]


def _field(file: str, name: str, separator: str = ":") -> str:
    match = re.search(rf"^{name}\s*{separator}\s*(.*)$", Path(file).read_text(), re.MULTILINE)
    return match[1].strip('"') if match else "unknown"


def _disk(directory: Path) -> str:
    kind = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(directory)], capture_output=True, text=True, check=True
    ).stdout.strip()
    return f"{kind}; 100 MB written and synced at {_write_speed(directory):.0f} MB/s"


def _write_speed(directory: Path, size_mb: int = 100) -> float:
    path = directory / "speed"
    block = os.urandom(1 << 20)
    begun = time.perf_counter()
    with path.open("wb", buffering=0) as file:
        for _ in range(size_mb):
            file.write(block)
        os.fsync(file.fileno())
    elapsed = time.perf_counter() - begun
    path.unlink()
    return size_mb * (1 << 20) / 1e6 / elapsed
