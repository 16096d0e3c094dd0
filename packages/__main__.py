"""``python -m packages wheel|deb|rpm|wheelhouse``: build into ``dist/`` and print what was built."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from packages import deb, distributions, rpm, wheelhouse
from packages.project import ROOT

KINDS: dict[str, Callable[[Path, Path], list[Path]]] = {
    "wheel": lambda directory, wheel: [wheel, distributions.sdist(directory)],
    "deb": deb.build,
    "rpm": rpm.build,
    "wheelhouse": lambda directory, wheel: [wheelhouse.build(directory, wheel)],
}


def main(kinds: list[str]) -> int:
    """Build kinds of packages."""
    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong or not kinds:
        print(f"usage: python -m packages {'|'.join(KINDS)} ...", file=sys.stderr)
        return 2
    directory = ROOT / "dist"
    wheel = distributions.wheel(directory)
    for kind in kinds:
        for built in KINDS[kind](directory, wheel):
            print(built)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
