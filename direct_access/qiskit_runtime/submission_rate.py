"""The service takes five jobs a minute from each user: counted here over all processes of a user on a node.

The record is a file in memory (:mod:`direct_access.auth.token_directory`), in boot time, which nobody can set
back. Where it cannot be kept, and for what other nodes send, the service's own refusal (429) decides.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from direct_access import atomic
from direct_access.auth.token_directory import make_private, token_directory
from direct_access.clock import Clock, boot_id
from direct_access.errors import TryAgainError
from direct_access.model.server_json import read_json

MOST_JOBS = 5
WITHIN_SECS = 60.0
LOCK_SECS = 5.0
"""Whoever holds the lock for longer is stopped: it is held for the time of one small write."""
LOOK_SECS = 0.05


class SubmissionRate:
    """Counts the jobs that are sent to one server, whatever instance they are for.

    :param directory: this user's alone
    :param url: the base URL of the API
    """

    def __init__(self, directory: Path, url: str, clock: Clock) -> None:
        key = hashlib.sha256(url.encode()).hexdigest()[:32]
        self._file = directory / f"{key}.sent"
        self._lock_file = directory / f"{key}.sent.lock"
        self._clock = clock

    def take(self) -> float:
        """Count a job that is about to be sent; return the time under which it is counted.

        :raises TryAgainError: if five were sent within a minute; ``retry_after_secs`` says when there is room
        """
        now = self._clock.boottime()
        with contextlib.suppress(OSError), self._locked() as counting:
            if not counting:
                return now
            now = self._clock.boottime()
            sent = [time for time in self._sent() if 0 <= now - time < WITHIN_SECS]
            if len(sent) >= MOST_JOBS:
                raise TryAgainError(
                    f"{MOST_JOBS} jobs were sent within a minute: the service takes no more from a user",
                    http_status=429,
                    code="1202",
                    retryable=True,
                    retry_after_secs=WITHIN_SECS - (now - sent[-MOST_JOBS]),
                )
            self._write([*sent, now])
        return now

    def answered(self, taken: float) -> None:
        """Count a job from now on: the server counted it at some time between the sending and its answer."""
        with contextlib.suppress(OSError, ValueError), self._locked() as counting:
            if counting:
                sent = self._sent()
                sent.remove(taken)
                self._write([*sent, self._clock.boottime()])

    def _write(self, sent: Sequence[float]) -> None:
        record = {"boot_id": boot_id(), "sent": sent}
        atomic.write(self._file, json.dumps(record).encode("ascii"))

    def _sent(self) -> list[float]:
        try:
            document = read_json(self._file.read_bytes())
            return sorted(map(float, document["sent"])) if document["boot_id"] == boot_id() else []
        except (OSError, ValueError, KeyError, TypeError):
            return []

    @contextlib.contextmanager
    def _locked(self) -> Iterator[bool]:
        """Yield whether the count is ours alone for now; not where it cannot be kept."""
        if make_private(self._file.parent) is not None:
            yield False
            return
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._lock_file, flags, 0o600)
        try:
            yield self._wait_for_lock(descriptor)
        finally:
            os.close(descriptor)

    def _wait_for_lock(self, descriptor: int) -> bool:
        give_up = self._clock.boottime() + LOCK_SECS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._clock.boottime() >= give_up:
                    return False
                self._clock.wait(threading.Event(), LOOK_SECS)
            else:
                return True


def submission_rate(url: str, clock: Clock, environment: Mapping[str, str] = os.environ) -> SubmissionRate:
    """Return the count for one server.

    :param environment: ``XDG_RUNTIME_DIR`` says where processes share it
    """
    return SubmissionRate(token_directory(environment), url, clock)
