"""Random secrets, pushed through every path by servers that echo them, come out nowhere.

``DIRECT_ACCESS_TEST_EXAMPLES=1000`` tries more of them, and others each time.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import stat
import string
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from direct_access import _console, events
from direct_access.events import EventLevel
from direct_access.transport.http import HttpClient
from tests.integration.conftest import BELL, clean_environment
from tests.security.echoing import SPELLINGS, Echoing
from tests.support.scripted_server import ScriptedServer, serving

MARK = "hush73314711"
EXAMPLES = int(os.environ.get("DIRECT_ACCESS_TEST_EXAMPLES", "0"))
thoroughly = settings(
    max_examples=EXAMPLES or 15,
    derandomize=not EXAMPLES,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if EXAMPLES else [])],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

_VISIBLE = string.ascii_letters + string.digits + string.punctuation
_TOKEN_CHARACTERS = string.ascii_letters + string.digits + "-._~+/"


def secrets(alphabet: str = _VISIBLE) -> st.SearchStrategy[str]:
    """Secrets with a mark somewhere in them, which no escaping changes."""
    around = st.text(alphabet, max_size=20)
    return st.builds(lambda before, after: before + MARK + after, around, around)


@dataclass(frozen=True)
class Held:
    """All secrets that a command holds."""

    api_key: str
    token: str
    s3_secret: str
    password: str


held = st.builds(Held, secrets(), secrets(_TOKEN_CHARACTERS), secrets(), secrets(string.ascii_letters))


class Home:
    """A directory to run the command in, within this process; all that it prints and writes is looked at."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.work = directory / "work"
        self.work.mkdir(mode=0o700)
        self.configuration = directory / "config.yaml"
        self.environment = clean_environment(self.work, self.configuration)
        self.printed: list[str] = []

    def secret(self, name: str, content: str) -> Path:
        path = self.directory / name
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
        return path

    def configure(self, url: str, secrets: Held, *, by_proxy: bool = False) -> None:
        proxy = f"http://user:{secrets.password}@{url.partition('//')[2]}"
        system = {
            "url": "http://localhost:1" if by_proxy else url,
            "service_crn": "crn:v1:bluemix:public:quantum-computing:us-east:a/1:2::",
            "iam_url": url,
            "read_timeout_secs": 2,
            "api_key_file": str(self.secret("api_key", secrets.api_key)),
            "storage": {
                "type": "s3_compatible",
                "bucket": "bucket",
                "endpoint_url": url,
                "secret_access_key_file": str(self.secret("s3", f"AKID {secrets.s3_secret}")),
            },
            **({"http_proxy": proxy, "no_proxy": ["127.0.0.1"]} if by_proxy else {}),
        }
        self.configuration.write_text(json.dumps({"systems": {"lab": system}}), encoding="utf-8")

    def run(self, *arguments: str, **variables: str) -> int:
        """Run the command as its entry point does."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with pytest.MonkeyPatch.context() as patch:
            for name in list(os.environ):
                patch.delenv(name)
            for name, value in {**self.environment, **variables}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["direct-access", *arguments])
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.chdir(self.work)
            try:
                status = _console.main()
            finally:
                events.listen(None, EventLevel.NONE)
        for stream in (out, err):
            stream.seek(0)
            self.printed.append(stream.read())
        return status

    def written(self) -> Iterator[str]:
        """Yield the content of every file but the token's, which must be this user's alone."""
        for path in self.work.rglob("*"):
            if not path.is_file():
                continue
            if path.parent.name == "direct-access" and path.suffix == ".json":
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
            else:
                yield path.read_bytes().decode("utf-8", "replace")


@contextmanager
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory() as directory:
        yield Home(Path(directory))


def shown(at: Home, caplog: pytest.LogCaptureFixture) -> str:
    """Return everything that came out."""
    return "\n".join([*at.printed, *at.written(), caplog.text])


def assert_hidden(text: str, *hidden: str) -> None:
    for secret in (MARK, *hidden):
        place = text.find(secret)
        assert place < 0, text[max(0, place - 300) : place + 100]


STAGES = ("iam", "upload", "submit", "poll", "cancel", "backends", "download", "none")
ONLY_WAITED_FOR = {("download", 404), ("poll", 404), ("cancel", 404), ("download", 200)}
"""What is not there yet, or no longer, is asked for again during half a minute; a 200 of a store is data."""


@pytest.mark.parametrize("stage", STAGES)
@settings(thoroughly, max_examples=max(4, EXAMPLES // len(STAGES)))
@given(
    held,
    st.sampled_from(["json", "old json", "html", "text", "xml", "redirect"]),
    st.sampled_from([200, 400, 401, 403, 404, 409, 422]),
    st.sampled_from(list(SPELLINGS)),
    st.booleans(),
    st.sampled_from(["", "-v", "-vv"]),
    st.sampled_from(["text", "json"]),
)
def test_whatever_servers_echo_at_whatever_stage_no_secret_comes_out(
    caplog: pytest.LogCaptureFixture,
    stage: str,
    held: Held,
    form: str,
    status: int,
    spelling: str,
    odd: bool,
    verbose: str,
    output: str,
) -> None:
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    if (stage, status) in ONLY_WAITED_FOR:
        status = 403
    echo = Echoing(held.token, stage, form, status, spelling, damaged_headers=odd)
    options = ["--format", output, *([verbose] if verbose else [])]
    with home() as at, serving(ScriptedServer(echo)) as server:
        at.configure(server.url, held, by_proxy=odd)
        (at.work / "bell.yaml").write_text(BELL)
        if stage == "none":
            at.run("run", "--dry-run", *options, "bell.yaml")
            at.run("config", "show", "--format", output)
        at.run("run", "--wait-deadline", "1", *options, "bell.yaml", DIRECT_ACCESS_DEBUG="1")
        at.run({"backends": "backends", "cancel": "cancel"}.get(stage, "status"), *options, "bell-local")
        at.run("health", *options, DIRECT_ACCESS_SCRATCH=str(at.work))
        proof = base64.b64encode(f"user:{held.password}".encode()).decode()
        assert_hidden(shown(at, caplog), proof, *echo.signatures)
        assert echo.signatures or stage == "iam"


@settings(thoroughly, max_examples=max(6, EXAMPLES))
@given(held, st.sampled_from(["text", "json"]), st.sampled_from(["", "1"]))
def test_a_bug_with_a_secret_in_its_message_tells_none(
    caplog: pytest.LogCaptureFixture, held: Held, output: str, debug: str
) -> None:
    def fail(_client: HttpClient, request: object, authorization: str | None, _stream: bool) -> object:
        try:
            raise KeyError(f"{request} {authorization}")
        except KeyError as error:
            raise RuntimeError(f"{request!r}", authorization, request) from error

    with home() as at, pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpClient, "_exchanged", fail)
        at.configure("http://127.0.0.1:9", held)
        (at.work / "bell.yaml").write_text(BELL)
        status = at.run("run", "-vv", "--format", output, "bell.yaml", DIRECT_ACCESS_DEBUG=debug)
        assert status == 70
        assert ("Traceback" in at.printed[1]) == bool(debug)
        assert_hidden(shown(at, caplog))


WRONG = {
    "an unknown setting": "systems: {lab: {api_key: %s}}",
    "a user in a URL": "iam_url: 'https://user:%s@iam.example'",
    "a query in a URL": "iam_url: 'https://iam.example/?apikey=%s'",
    "a proxy of an unknown kind": "network: {https_proxy: 'socks5://user:%s@proxy:1'}",
    "a proxy without a host": "network: {https_proxy: 'http://user:%s@:99999999'}",
    "no mapping": "%s",
    "no YAML": "systems: {lab: {api_key: '%s",
    "no YAML in another place": "systems:\n  lab: [%s\n\tx: }",
    "a tab": "systems:\n\tapi_key: %s",
    "a key twice": "network: {https_proxy: 'http://u:%s@h', https_proxy: 'http://u:%s@g'}",
    "a list": "network: {https_proxy: ['http://user:%s@h']}",
}


@thoroughly
@given(secrets(string.ascii_letters + string.digits + "-_"), st.sampled_from(list(WRONG)), st.booleans())
def test_a_configuration_that_is_refused_shows_no_secret(
    caplog: pytest.LogCaptureFixture, secret: str, wrong: str, in_environment: bool
) -> None:
    with home() as at:
        at.configuration.write_text(WRONG[wrong].replace("%s", secret))
        variables = {
            "https_proxy": f"ftp://u:{secret}@h",
            "DIRECT_ACCESS_HTTPS_PROXY": f"socks://u:{secret}@h",
        }
        for arguments in (["config", "show"], ["status", "x", "-vv", "--format", "json"]):
            assert at.run(*arguments, **(variables if in_environment else {})) == 78
        assert_hidden(shown(at, caplog))


BROKEN_SECRETS = {
    "two lines": (0o600, "%s\n%s\n"),
    "open to others": (0o644, "%s"),
    "no text": (0o600, "%s\0"),
    "four words": (0o600, "a %s c d"),  # three are a key with a session token
}


@settings(thoroughly, max_examples=max(6, EXAMPLES))
@given(held, st.sampled_from(list(BROKEN_SECRETS)))
def test_a_secret_file_that_is_refused_shows_no_secret(
    caplog: pytest.LogCaptureFixture, held: Held, broken: str
) -> None:
    mode, content = BROKEN_SECRETS[broken]
    with home() as at:
        at.configure("http://127.0.0.1:9", held)
        at.secret("s3", content.replace("%s", held.s3_secret)).chmod(mode)
        (at.work / "bell.yaml").write_text(BELL)
        assert at.run("run", "-vv", "bell.yaml", DIRECT_ACCESS_DEBUG="1") == 78
        assert_hidden(shown(at, caplog))


@thoroughly
@given(secrets(string.ascii_letters), st.sampled_from(["exit 1", "printf '\\0'", "kill $$", "printf '\\nx'"]))
def test_a_secret_command_that_fails_shows_nothing_of_what_it_printed(
    caplog: pytest.LogCaptureFixture, secret: str, end: str
) -> None:
    with home() as at:
        script = at.secret("print-key", f"#!/bin/sh\necho {secret}; echo {secret} >&2; {end}\n")
        script.chmod(0o700)
        system = {"url": "http://127.0.0.1:9", "api_key_command": [str(script)]}
        system["service_crn"] = "crn:v1:bluemix:public:quantum-computing:us-east:a/1:2::"
        at.configuration.write_text(json.dumps({"systems": {"lab": system}}))
        assert at.run("status", "x", "-vv", DIRECT_ACCESS_DEBUG="1") == 78
        assert_hidden(shown(at, caplog))
