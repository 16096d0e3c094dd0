"""``python -m packages wheel|deb|rpm|wheelhouse``: build into ``dist/`` and print what was built."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from packages import deb, distributions, rpm, wheelhouse
from packages.project import ROOT

KINDS: dict[str, Callable[[Path], list[Path]]] = {
    "wheel": lambda directory: [distributions.wheel(directory), distributions.sdist(directory)],
    "deb": deb.build,
    "rpm": rpm.build,
    "wheelhouse": lambda directory: [wheelhouse.build(directory)],
}


def main(kinds: list[str]) -> int:
    """Build kinds of packages."""
    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong or not kinds:
        print(f"usage: python -m packages {'|'.join(KINDS)} ...", file=sys.stderr)
        return 2
    for kind in kinds:
        for built in KINDS[kind](ROOT / "dist"):
            print(built)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
