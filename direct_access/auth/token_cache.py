"""Tokens shared by the processes of a user on a node, or at least by the threads of this one."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from direct_access import atomic
from direct_access.auth.token import LONGEST_LIFE_SECS, HeldToken, Token
from direct_access.auth.token_directory import make_private, token_directory, why_not_ours
from direct_access.clock import boot_id
from direct_access.model.server_json import read_json
from direct_access.redact import Secret

FORMAT = "direct-access token 1"
MAX_BYTES = 1 << 16
_VISIBLE = re.compile(r"[!-~]+")

Warn = Callable[[str], None]


class TokenCache(Protocol):
    """Holds one token."""

    def read(self) -> HeldToken | None:
        """Return the token, None if the cache has no token that can be trusted."""

    def write(self, held: HeldToken) -> None:
        """Replace the token; a cache that cannot be written is not an error."""

    def lock(self) -> contextlib.AbstractContextManager[bool]:
        """Try to take the lock for fetching a token, without waiting; the value says whether it was taken."""


def token_cache(
    iam_url: str, api_key: Secret, environment: Mapping[str, str], warn: Warn | None = None
) -> TokenCache:
    """Return the cache for the tokens of one API key at one IAM.

    :param warn: called once, with the reason, if the processes of this user cannot share tokens
    """
    warn = warn or _log
    directory = token_directory(environment)
    if fault := make_private(directory):
        warn(f"IAM tokens are not shared between processes: {fault}")
        return MemoryCache()
    return FileCache(directory, cache_key(iam_url, api_key), warn)


def cache_key(iam_url: str, api_key: Secret) -> str:
    """Return a name from which the API key cannot be learnt."""
    key_digest = hashlib.sha256(api_key.reveal().encode()).hexdigest()
    return hashlib.sha256(f"{FORMAT}\0{iam_url.rstrip('/')}\0{key_digest}".encode()).hexdigest()[:32]


def _log(message: str) -> None:
    import logging

    logging.getLogger(__name__).warning(message)


class MemoryCache:
    """For the threads of this process."""

    def __init__(self) -> None:
        self._held: HeldToken | None = None
        self._lock = threading.Lock()

    def read(self) -> HeldToken | None:
        return self._held

    def write(self, held: HeldToken) -> None:
        self._held = held

    @contextmanager
    def lock(self) -> Iterator[bool]:
        locked = self._lock.acquire(blocking=False)
        try:
            yield locked
        finally:
            if locked:
                self._lock.release()


class FileCache:
    """For all processes of this user on this node.

    The file tells the time in boot time, which nobody can set back, and of which boot. The lock is flock(2)
    in the memory of this node: the kernel frees it when its holder dies.

    :param directory: this user's alone, see :func:`.token_directory.make_private`
    """

    def __init__(self, directory: Path, key: str, warn: Warn) -> None:
        self._file = directory / f"{key}.json"
        self._lock_file = directory / f"{key}.lock"
        self._boot_id = boot_id()
        self._warn = warn
        self._warned = False

    def read(self) -> HeldToken | None:
        try:
            document = read_json(self._trusted_content())
            if document["format"] != FORMAT or document["boot_id"] != self._boot_id:
                return None
            token = Token(Secret(_sendable(document["token"])), float(document["lifetime_secs"]))
            asked_at = float(document["asked_at"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._warn_once(f"{self._file} is not used: {_reason(error)}")
            return None
        return HeldToken(token, asked_at) if token.lifetime_secs <= LONGEST_LIFE_SECS else None

    def _trusted_content(self) -> bytes:
        """:raises OSError: also if the file is a link, or not this user's alone"""
        with open(self._file, "rb", opener=_open_no_link) as file:
            status = os.fstat(file.fileno())
            fault = why_not_ours(self._file, status)
            if fault or not stat.S_ISREG(status.st_mode):
                raise PermissionError(0, fault or "not a regular file")
            return file.read(MAX_BYTES)

    def write(self, held: HeldToken) -> None:
        document: dict[str, Any] = {
            "format": FORMAT,
            "boot_id": self._boot_id,
            "asked_at": held.asked_at,
            "lifetime_secs": held.token.lifetime_secs,
            "token": held.token.value.reveal(),
        }
        try:
            if self._is_private():
                atomic.write(self._file, json.dumps(document).encode("ascii"))
        except OSError as error:
            self._warn_once(f"{self._file}: {error.strerror}")

    @contextmanager
    def lock(self) -> Iterator[bool]:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(self._lock_file, flags, 0o600) if self._is_private() else -1
        except OSError as error:
            self._warn_once(f"{self._lock_file}: {error.strerror}")
            descriptor = -1
        try:
            yield descriptor < 0 or self._try_flock(descriptor)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _try_flock(self, descriptor: int) -> bool:
        """Return whether we have the lock; where there are no locks, as on Lustre, each fetches its own."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            self._warn_once(f"{self._lock_file} cannot be locked: {error.strerror}")
        return True

    def _is_private(self) -> bool:
        """Return whether the directory can be used; what removes a user's shared memory may have taken it."""
        fault = make_private(self._file.parent)
        if fault:
            self._warn_once(fault)
        return fault is None

    def _warn_once(self, fault: str) -> None:
        if not self._warned:
            self._warned = True
            self._warn(f"IAM tokens are not shared between processes: {fault}")


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _sendable(token: object) -> str:
    """:raises ValueError: if it cannot stand in a header: RFC 6750, 2.1, has visible ASCII characters only"""
    if not isinstance(token, str) or not _VISIBLE.fullmatch(token):
        raise ValueError("no token")
    return token


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "its content is damaged"
