"""Ask the owner of a run directory whether it lives, where its process cannot be seen.

Whoever asks writes something new into ``.owner/asked``; a living owner, which looks there every few seconds,
writes something new into ``.owner/answered``. So nothing is written while nobody asks. Only the content of
files is compared, never their times, since the clocks of two nodes differ. Both files exist from the start
and are opened for each look: then an NFS client asks the server (nfs(5), "Close-to-open cache consistency").
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from direct_access import run_files
from direct_access.errors import OutputError
from direct_access.runner import owner as owners
from direct_access.runner.control import Control
from direct_access.runner.owner import ANSWERED, ASKED, DIRECTORY_NAME, OwnerRecord

_ASKED = f"{DIRECTORY_NAME}/{ASKED}"
_ANSWERED = f"{DIRECTORY_NAME}/{ANSWERED}"


def _put_something_new(directory: Path, name: str) -> None:
    descriptor = run_files.open_file(directory, name, os.O_WRONLY)
    try:
        os.write(descriptor, secrets.token_hex(8).encode())  # always as long: never truncated, never torn
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class OwnerWatch:
    """Watches whether an owner answers.

    :param silent_secs: how long it may be silent after it was asked
    :param patience_secs: how long it may be silent before it is asked
    """

    def __init__(self, directory: Path, silent_secs: float, patience_secs: float = 0.0) -> None:
        self._directory = directory
        self._silent_most_secs = silent_secs
        self._patience_secs = patience_secs
        self._last = run_files.read(directory, _ANSWERED)
        self._was_asked = False
        self._silent_secs = 0.0

    def check(self, watched_secs: float) -> bool:
        """Return whether the owner has answered since the last check; ask it when it is time to.

        :param watched_secs: how long we ourselves have watched since: a process that was stopped has not
        :raises OSError: if it cannot be asked
        :raises OutputError: if the files for that are not ours
        """
        seen = run_files.read(self._directory, _ANSWERED)
        if seen != self._last:
            self._last, self._silent_secs, self._was_asked = seen, 0.0, False
            return True
        if not self._was_asked and self._silent_secs >= self._patience_secs:
            _put_something_new(self._directory, _ASKED)
            self._was_asked = True
        self._silent_secs += watched_secs
        return False

    @property
    def is_dead(self) -> bool:
        """Whether it was asked and did not answer for too long."""
        return self._was_asked and self._silent_secs > self._patience_secs + self._silent_most_secs


class PingAnswers:
    """A thread of the owner that answers who asks, and ends the run if another process has taken over."""

    def __init__(self, directory: Path, record: OwnerRecord, control: Control, ping_secs: float) -> None:
        self._ping_secs = ping_secs
        self._directory = directory
        self._record = record
        self._control = control
        self._over = threading.Event()
        self._seen = b""

    def start(self) -> None:
        threading.Thread(target=self._answer, name="owner-ping", daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def _answer(self) -> None:
        while not self._over.wait(self._ping_secs):
            try:
                self.answer_once()
            except OutputError as superseded:
                if not self._over.is_set():
                    self._control.end(superseded)
                return

    def answer_once(self) -> None:
        """Look once whether anybody asks.

        :raises OutputError: if another process has taken over
        """
        owners.require_owner(self._directory, self._record)
        with contextlib.suppress(
            OSError, OutputError
        ):  # a full disk: we may be taken for dead, and superseded
            asked = run_files.read(self._directory, _ASKED)
            if asked != self._seen:
                _put_something_new(self._directory, _ANSWERED)
                self._seen = asked


@contextmanager
def answering_pings(
    directory: Path, record: OwnerRecord, control: Control, ping_secs: float
) -> Iterator[None]:
    """Answer whoever asks while the block runs."""
    thread = PingAnswers(directory, record, control, ping_secs)
    thread.start()
    try:
        yield
    finally:
        thread.stop()
