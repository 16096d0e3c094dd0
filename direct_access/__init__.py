"""Run quantum jobs on an IBM on-premises quantum computer from Slurm.

``direct_access.run("job.yaml")`` is the command's ``run`` for Python programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from direct_access._version import __version__

if TYPE_CHECKING:
    from direct_access.errors import DirectAccessError
    from direct_access.runner.api import Run, run

__all__ = ["DirectAccessError", "Run", "__version__", "run"]


def __getattr__(name: str) -> Any:
    """Load the public names when they are used: ``--help`` must not pay for them."""
    if name in ("Run", "run"):
        from direct_access.runner import api

        return getattr(api, name)
    if name == "DirectAccessError":
        from direct_access.errors import DirectAccessError

        return DirectAccessError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
