"""Where a secret comes from: a file with safe permissions, or a command that prints it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from direct_access.errors import ConfigurationError
from direct_access.events import Event, Text, tell
from direct_access.light_dataclass import dataclass
from direct_access.redact import Secret

MAX_BYTES = 1 << 16


@dataclass(frozen=True)
class SecretSource:
    """A file or a command; exactly one of the two. Nothing is read before :meth:`read`.

    :param name: the setting it stands for, for messages
    """

    name: str
    file: Path | None = None
    command: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"file {self.file}" if self.file else f"command {' '.join(self.command)}"

    def read(self) -> Secret:
        """Return the secret: the one line of the file or of the command's output, without blanks around it.

        A file must be a regular one of this user or of root, without permissions for others; for the group
        only reading, and only where root owns it. From now on this process leaves no core dump.

        :raises ConfigurationError: unreadable, empty, more than one line, or permissions that are too lax
        """
        _leave_no_core_dump()
        tell(Event.SECRET, setting=Text(self.name), source=Text(str(self.file or self.command[0])))
        if self.file:
            return self._one_line(self._content(self.file), str(self.file))
        from direct_access.config.secret_command import output_of

        return self._one_line(output_of(self.name, self.command), self.command[0])

    def _content(self, file: Path) -> bytes:
        try:
            with open(file, "rb", opener=_open_at_once) as opened:
                self._check(file, os.fstat(opened.fileno()))  # what was opened, not what the name led to
                return opened.read(MAX_BYTES + 1)
        except OSError as error:
            raise ConfigurationError(
                f"{self.name}: cannot read {file}: {error.strerror}",
                subject=str(file),
                advice=f"have {self.name}_file name a file that this user can read",
            ) from error

    def _check(self, file: Path, status: os.stat_result) -> None:
        owner, mode = status.st_uid, stat.S_IMODE(status.st_mode)
        if not stat.S_ISREG(status.st_mode):
            raise ConfigurationError(f"{self.name}: {file} is not a regular file", subject=str(file))
        if owner not in (0, os.geteuid()):
            raise ConfigurationError(
                f"{self.name}: {file} belongs to user {owner}, who could replace it",
                subject=str(file),
                advice=f"chown root {file}, or keep a copy of your own",
            )
        forbidden = 0o037 if owner == 0 else 0o077
        if mode & forbidden:
            own = owner == os.geteuid()
            raise ConfigurationError(
                f"{self.name}: {file} is open to others (mode {mode:04o})",
                subject=str(file),
                advice=f"chmod 600 {file}" if own else f"chmod 640 {file}, with the group that may use it",
            )

    def _one_line(self, content: bytes, subject: str) -> Secret:
        try:
            text = content.decode("utf-8").strip()
        except UnicodeDecodeError:
            text = "\0"
        if not text:
            fault = "is empty"
        elif len(content) > MAX_BYTES or not text.isprintable():
            fault = "is not one line of text"
        else:
            return Secret(text)
        raise ConfigurationError(
            f"{self.name}: what {subject} gives {fault}",
            subject=subject,
            advice="it must be the secret alone",
        )


def _leave_no_core_dump() -> None:
    """Keep secrets out of files that a crash writes, on whatever file system (core(5)); also of children."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting for the other end of a FIFO (open(2), O_NONBLOCK)."""
    return os.open(path, flags | os.O_NONBLOCK)
