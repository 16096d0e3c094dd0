"""Since when the Slurm job of a quantum job has been found gone, kept from one pass to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from direct_access import atomic
from direct_access.errors import LocalStorageError
from direct_access.model.server_json import read_json

_SCHEMA = "direct-access/reaper/v1"


@dataclass(frozen=True)
class Observations:
    """What earlier passes found, by the name of a quantum job.

    Times are of the boot time clock, which is never set; so what was seen before a reboot does not count.
    """

    boot_id: str
    since: Mapping[str, float]

    def seen_secs(self, name: str, boottime: float) -> float | None:
        """Return how long ago a job's Slurm job was first found gone; None if the last pass did not."""
        since = self.since.get(name)
        return None if since is None or since > boottime else boottime - since

    def after(self, gone: Iterable[str], boottime: float) -> Observations:
        """Return the observations with this pass's: one that was not found gone begins anew."""
        since = {name: min(self.since.get(name, boottime), boottime) for name in gone}
        return Observations(self.boot_id, since)


def load(path: Path, boot_id: str) -> Observations:
    """Return what earlier passes since this boot found; a file that cannot be read counts as none."""
    try:
        document = read_json(path.read_bytes())
        if document["schema"] == _SCHEMA and document["boot_id"] == boot_id:
            return Observations(boot_id, {str(name): float(at) for name, at in document["since"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return Observations(boot_id, {})


def save(path: Path, observations: Observations) -> None:
    """Keep the observations for the next pass.

    :raises LocalStorageError: if they cannot be written: then no pass would ever be the second
    """
    document = {"schema": _SCHEMA, "boot_id": observations.boot_id, "since": dict(observations.since)}
    try:
        atomic.write_json(path, document)
    except OSError as error:
        raise LocalStorageError(
            f"cannot write {path}: {error.strerror}",
            subject=str(path),
            advice=f"make {path.parent} for the user that runs this",
        ) from error
