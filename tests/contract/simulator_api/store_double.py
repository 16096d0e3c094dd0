"""A store that notes exactly what it is asked, and answers what the test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from direct_access.simulator.http import Request, Response, Server


@dataclass
class NotingStore:
    """Keeps objects by path and notes requests.

    :ivar seen: method, path and header names of each request
    :ivar before_answer: called before each answer
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    answers: dict[tuple[str, str], Response] = field(default_factory=dict)
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None
    url: str = ""

    def handle(self, request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append((request.method, request.path, headers))
        body = request.body.read_all(1 << 20)
        self.before_answer()
        if answer := self.answers.get((request.method, request.path)):
            return answer
        if request.method == "PUT":
            self.objects[request.path] = body
            return Response(200)
        return Response(200, self.objects[request.path]) if request.path in self.objects else Response(404)

    def option(self, path: str) -> dict[str, str]:
        """Return a storage option of type s3_compatible."""
        return {"type": "s3_compatible", "presigned_url": f"{self.url}{path}?X-Amz-Signature=s3cr3t"}

    def storage(self) -> dict[str, dict[str, str]]:
        """Return the storage block of a job whose input exists."""
        self.objects["/in"] = b'{"pubs": []}'
        return {
            name: self.option(path)
            for name, path in (("input", "/in"), ("results", "/out"), ("logs", "/log"))
        }


@contextmanager
def noting_store() -> Iterator[NotingStore]:
    """Run one on loopback."""
    store = NotingStore()
    server = Server(store)
    store.url = server.url
    server.start()
    try:
        yield store
    finally:
        server.stop()
