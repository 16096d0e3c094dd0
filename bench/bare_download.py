"""The least that a download in Python can be: ``bare_download.py URL FILE [fsync]``."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def main(url: str, path: str, *, durable: bool) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    response = connection.getresponse()
    if response.status != 200:
        sys.exit(f"HTTP {response.status}")
    block = memoryview(bytearray(1 << 20))
    with open(path, "wb", buffering=0) as file:
        while used := response.readinto(block):
            file.write(block[:used])
        if durable:
            os.fsync(file.fileno())


main(sys.argv[1], sys.argv[2], durable=sys.argv[3:] == ["fsync"])
