"""The bad days of ``health`` and ``doctor``, as rows: what goes wrong, and the cause that both must name."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.health.stage import BACKEND, Stage
from tests.support.authority import Authority
from tests.support.forward_proxy import ForwardProxy, running
from tests.support.scripted_server import ScriptedServer, serving

NOBODY = 65534
OTHER_REGION = (
    "<?xml version='1.0'?><Error><Code>PermanentRedirect</Code><Message>The bucket must be addressed at "
    "another endpoint.</Message><Bucket>direct-access</Bucket><Region>eu-de</Region></Error>"
)


@dataclass(frozen=True)
class Day:
    """One bad day.

    :param fault: what goes wrong
    :param check: the check that is the cause
    :param says: part of what it says
    :param doctor_status: exit status of ``doctor``
    :param health_status: exit status of ``health``: 0 where jobs only wait
    :param needs: a fixture besides the stage
    """

    fault: str
    check: str
    says: str
    doctor_status: int
    health_status: int
    play: Callable[..., None]
    needs: str | None = None

    @property
    def name(self) -> str:
        return self.play.__name__

    @property
    def level(self) -> str:
        """How bad ``health`` finds it."""
        return "CRITICAL" if self.health_status else "WARNING"


DAYS: list[Day] = []


def day(
    fault: str, check: str, says: str, doctor_status: int, health_status: int | None = None, needs: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a day of the function that plays it."""

    def add(play: Callable[..., None]) -> Callable[..., None]:
        in_health = doctor_status if health_status is None else health_status
        DAYS.append(Day(fault, check, says, doctor_status, in_health, play, needs or None))
        return play

    return add


@day("configuration that this user may not read", "configuration", "may not be read (permission denied)", 78)
def configuration_not_readable(stage: Stage) -> None:
    if os.geteuid() == 0:
        _load_what_tells_of_it(stage)
        os.seteuid(NOBODY)
        stage.end.callback(os.seteuid, 0)
    else:
        stage.configuration.chmod(0)


def _load_what_tells_of_it(stage: Stage) -> None:
    """Have all modules loaded that another user will need: where they lie may be out of that user's reach.

    A directory is what root cannot read as a file either.
    """
    content = stage.configuration.read_bytes()
    stage.configuration.unlink()
    stage.configuration.mkdir()
    stage.health()
    stage.doctor()
    stage.configuration.rmdir()
    stage.configuration.write_bytes(content)
    stage.configuration.chmod(0)


@day("configuration with a typing error", "configuration", "did you mean default_backend?", 78)
def configuration_mistyped(stage: Stage) -> None:
    stage.configuration.write_text(
        stage.configuration.read_text().replace("default_backend:", "defualt_backend:")
    )


@day("API key that others may read", "secrets", "is open to others (mode 0644)", 78)
def key_open_to_others(stage: Stage) -> None:
    (stage.home / "client" / "api_key").chmod(0o644)


@day("full disk", "disk", "No space left on device", 74, needs="full")
def full_disk(stage: Stage, full: Path) -> None:
    with (full / "filler").open("wb", 0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    stage.monkeypatch.chdir(full)


@day("DNS failure", "dns.api", "DNS does not resolve quantum.example.org", 69)
def dns_failure(stage: Stage) -> None:
    resolve = socket.getaddrinfo

    def refuse(host: Any, *args: Any, **options: Any) -> Any:  # no test asks a name server of the machine's
        if host == "quantum.example.org":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *args, **options)

    stage.monkeypatch.setattr(socket, "getaddrinfo", refuse)
    stage.configure(url="https://quantum.example.org:30060")


@day("API that nobody answers for", "tcp.api", "Connection refused", 69)
def api_down(stage: Stage) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        stage.configure(url=f"http://127.0.0.1:{unused.getsockname()[1]}")


@contextmanager
def tls_server(stage: Stage, trusted: bool = True, **certificate: Any) -> Iterator[ScriptedServer]:
    """Serve behind TLS, and have the configuration name it as the API."""
    authority, other = Authority(stage.home), Authority(stage.home)
    with serving(ScriptedServer(), authority.server(**certificate)) as server:
        bundle = authority.bundle if trusted else other.bundle
        stage.configure(url=server.url, ca_bundle=str(bundle))
        yield server


@day("expired certificate", "tls.api", "is not valid at this time: certificate has expired", 78)
def certificate_expired(stage: Stage) -> None:
    stage.end.enter_context(tls_server(stage, valid_days=(-30, -1)))


@day("wrong CA", "tls.api", "is not trusted", 78)
def wrong_authority(stage: Stage) -> None:
    stage.end.enter_context(tls_server(stage, trusted=False))


@day("proxy that refuses", "proxy.iam", "refused the way to", 78)
def proxy_refuses(stage: Stage) -> None:
    proxy = stage.end.enter_context(running(ForwardProxy(credentials="alice:right")))
    stage.configure(http_proxy=proxy.url, no_proxy=[])


@day("clock 20 minutes off", "clock", "this node's clock is 20:", 78)
def clock_off(stage: Stage) -> None:
    stage.simulator.clock.ahead_secs = 1215.0
    stage.end.callback(setattr, stage.simulator.clock, "ahead_secs", 0.0)


@day("IAM down", "iam", "IAM is in trouble (HTTP 503, BXNIM0503E)", 69)
def iam_down(stage: Stage) -> None:
    stage.fault("iam", method="POST", status=503)


@day("key revoked", "iam", "IAM refused the API key (HTTP 400, BXNIM0415E)", 77)
def key_revoked(stage: Stage) -> None:
    keys = stage.simulator.api_keys
    stage.end.callback(keys.update, dict(keys))
    keys.clear()


@day("API that answers HTML from a proxy", "api", "with a web page (Gateway error)", 76)
def html_from_a_proxy(stage: Stage) -> None:
    stage.fault("api", status=200, reply="html")


@day("backend paused", "backends", f"backend {BACKEND} is paused", 75, 0)
def backend_paused(stage: Stage) -> None:
    backend = stage.simulator.backends.get(BACKEND)
    backend.status = "paused"
    stage.end.callback(setattr, backend, "status", "online")


@day("reservation", "backends", f"backend {BACKEND} is reserved", 75, 0)
def reservation(stage: Stage) -> None:
    backend = stage.simulator.backends.get(BACKEND)
    backend.reserve()
    stage.end.callback(backend.release)


@day("all lanes full", "lanes", f"all 1 lanes of {BACKEND} are in use", 75, 0)
def lanes_full(stage: Stage) -> None:
    stage.occupy_all_lanes()


@day("bucket missing", "store", "the store has no such bucket", 78)
def bucket_missing(stage: Stage) -> None:
    stage.configure(storage={"bucket": "no-such-bucket"})


@day("bucket in another region", "store", "the bucket lies in another region", 78)
def bucket_elsewhere(stage: Stage) -> None:
    stage.fault("store", status=301, body=OTHER_REGION, headers={"Content-Type": "application/xml"})


@day("wrong secret of the store", "store", "the store does not accept the credentials", 77)
def wrong_store_secret(stage: Stage) -> None:
    (stage.home / "client" / "secret_access_key").write_text("of-some-other-store-7f3a\n")


def table() -> str:
    """Return the days as a Markdown table."""
    heads = ("what goes wrong", "check", "both say", "`health`", "exits", "`doctor` exits")
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += [
        f"| {each.fault} | `{each.check}` | `{each.says}` | {each.level} | {each.health_status} "
        f"| {each.doctor_status} |"
        for each in DAYS
    ]
    return "\n".join(lines)
