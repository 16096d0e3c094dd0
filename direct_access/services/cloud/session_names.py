"""The names of a user's sessions: the service itself knows sessions only by their ids.

One small file a name in the user's state directory, which the nodes of a cluster share with the home
directory. Where it cannot be written, a run has a session of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from direct_access import atomic
from direct_access.model.server_json import read_json


class SessionNames:
    """The names of the sessions of one instance."""

    def __init__(self, directory: Path, service_crn: str) -> None:
        self._directory = directory
        self._service_crn = service_crn

    def find(self, name: str) -> str | None:
        """Return the id of the session of a name, None where there is none."""
        try:
            found = read_json(self._file(name).read_bytes())["id"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if isinstance(found, str) else None

    def add(self, name: str, session_id: str) -> str:
        """Give a name to a session; return the one that has it: another process may have been faster."""
        file = self._file(name)
        temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic.write_new(temporary, json.dumps({"name": name, "id": session_id}).encode())
            os.link(temporary, file)
        except FileExistsError:
            return self.find(name) or session_id
        except OSError:
            return session_id
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
        return session_id

    def remove(self, name: str, session_id: str) -> None:
        """Take the name from a session, unless another one has it by now."""
        if self.find(name) == session_id:
            with contextlib.suppress(OSError):
                self._file(name).unlink()

    def _file(self, name: str) -> Path:
        key = hashlib.sha256(f"{self._service_crn}\0{name}".encode()).hexdigest()[:32]
        return self._directory / f"{key}.json"


def session_names(service_crn: str, environment: Mapping[str, str] = os.environ) -> SessionNames:
    """Return the names of a user's sessions.

    :param environment: ``XDG_STATE_HOME``, else ``HOME``, say where it is
    """
    state = environment.get("XDG_STATE_HOME", "")
    home = Path(environment.get("HOME") or "/nonexistent")
    base = Path(state) if state.startswith("/") else home / ".local" / "state"
    return SessionNames(base / "direct-access" / "sessions", service_crn)
