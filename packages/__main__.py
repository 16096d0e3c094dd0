"""``python -m packages wheel|deb|rpm|wheelhouse``: build into ``dist/`` and print what was built.

``EXTRAS=simulator`` puts the wheels of an extra into the wheelhouse too.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from packages import deb, distributions, rpm, tree, wheelhouse
from packages.project import ROOT


class Parts:
    """What several kinds of packages are made of, made when it is needed.

    :param directory: where packages go
    """

    def __init__(self, directory: Path, temporary: Path) -> None:
        self.directory = directory
        self._temporary = temporary

    @cached_property
    def wheel(self) -> Path:
        """Our wheel."""
        return distributions.wheel(self.directory)

    @cached_property
    def tree(self) -> Path:
        """The files of the .deb and the .rpm."""
        files = self._temporary / "files"
        tree.make(files, self.wheel)
        return files


KINDS: dict[str, Callable[[Parts], list[Path]]] = {
    "wheel": lambda parts: [parts.wheel, distributions.sdist(parts.directory)],
    "deb": lambda parts: deb.build(parts.directory, parts.tree),
    "rpm": lambda parts: rpm.build(parts.directory, parts.tree),
    "wheelhouse": lambda parts: [
        wheelhouse.build(parts.directory, parts.wheel, os.environ.get("EXTRAS", ""))
    ],
}


def main(kinds: list[str]) -> int:
    """Build kinds of packages."""
    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong or not kinds:
        print(f"usage: python -m packages {'|'.join(KINDS)} ...", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        parts = Parts(ROOT / "dist", Path(temporary))
        for kind in kinds:
            for built in KINDS[kind](parts):
                print(built.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
