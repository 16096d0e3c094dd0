"""Where a secret comes from: a file with safe permissions, or a command that prints it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from direct_access.redact import Secret


@dataclass(frozen=True)
class SecretSource:
    """A file or a command; exactly one of the two. Nothing is read before :meth:`read`.

    :param name: the setting it stands for, for messages
    """

    name: str
    file: Path | None = None
    command: tuple[str, ...] = ()

    def read(self) -> Secret:
        """Return the secret.

        :raises ConfigurationError: unreadable, empty, or permissions that let others read it
        """
        raise NotImplementedError
