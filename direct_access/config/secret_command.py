"""A secret printed by a command, such as a password manager's."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from direct_access.errors import ConfigurationError

if TYPE_CHECKING:
    import subprocess

TIMEOUT_SECS = 30.0
MAX_BYTES = 1 << 16


def output_of(name: str, command: Sequence[str], timeout_secs: float = TIMEOUT_SECS) -> bytes:
    """Return what a command prints; it is run as it is, by no shell, with our environment and no input.

    Its stderr is not shown, since it may hold the secret.

    :param name: the setting that it stands for
    :raises ConfigurationError: it cannot be started, fails, takes or prints too much
    """
    import subprocess  # costs 10 ms, which a secret in a file does not need

    try:
        process = subprocess.Popen(  # noqa: S603  the command is the configuration's
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise _failed(name, command, f"cannot be started: {error.strerror}") from error
    with process:
        try:
            output, fault = _read(process, time.monotonic() + timeout_secs)
        finally:
            _end(process)
    if fault:
        raise _failed(name, command, fault)
    return output


def _read(process: subprocess.Popen[bytes], end: float) -> tuple[bytes, str | None]:
    """Return what was printed, and what was wrong."""
    import select
    import subprocess

    assert process.stdout is not None
    descriptor = process.stdout.fileno()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    output = b""
    while poll.poll(max(0.0, end - time.monotonic()) * 1000):
        block = os.read(descriptor, MAX_BYTES)
        output += block
        if len(output) > MAX_BYTES:
            return b"", f"prints more than {MAX_BYTES} bytes"
        if not block:
            break
    try:
        status = process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return b"", "does not end in time"
    if status:
        return b"", f"ended with status {status}" if status > 0 else f"was ended by signal {-status}"
    return output, None


def _end(process: subprocess.Popen[bytes]) -> None:
    import signal

    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _failed(name: str, command: Sequence[str], fault: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name}: the command {command[0]} {fault}",
        subject=command[0],
        advice=f"run it by hand: {' '.join(command)}",
    )
