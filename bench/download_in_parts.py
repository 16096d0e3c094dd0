"""What a run does with large results, without the run: ``download_in_parts.py URL FILE WAY``.

WAY is ``one`` connection, ``several`` from the first byte on, or ``measured``: as a run decides.
"""

from __future__ import annotations

import sys
from pathlib import Path

from direct_access.config.settings import NetworkSettings
from direct_access.errors import DirectAccessError
from direct_access.runner.download import download
from direct_access.runner.download_bounds import DownloadBounds
from direct_access.services.protocol import Download
from direct_access.storage.download import opened
from direct_access.transport.http import HttpClient

WAYS = {
    "one": DownloadBounds(connections=1),
    "several": DownloadBounds(measured_bytes=0, slow_bytes_a_second=float("inf")),
    "measured": DownloadBounds(),
}


def main(url: str, path: Path, way: str) -> None:
    http = HttpClient(NetworkSettings())

    def open_at(offset: int = 0, etag: str | None = None, end: int | None = None) -> Download:
        headers = {"If-Match": etag} if etag else {}
        if offset or end is not None:
            headers["Range"] = f"bytes={offset}-{'' if end is None else end - 1}"
        response = http.request("GET", url, headers=headers, stream=True)
        if response.status not in (200, 206):
            sys.exit(f"HTTP {response.status}")
        return opened(response, path.name)

    def never(_number: int, error: DirectAccessError) -> None:
        raise error

    download(open_at, path, never, WAYS[way])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
