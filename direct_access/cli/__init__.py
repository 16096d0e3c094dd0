"""The command. It parses, prints and maps errors to exit status; nothing imports it."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    from direct_access.cli.entry import run_command

    return run_command(arguments)
