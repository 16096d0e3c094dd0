from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from direct_access.config.load import load
from direct_access.config.settings import Settings

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/0123:4567::"

SYSTEM = f"""
systems:
  lab:
    url: https://qs.example.org:30060
    service_crn: "{CRN}"
    api_key_file: /etc/direct-access/api-key
"""


class Site:
    """A machine's configuration files, and a user on it.

    :ivar environment: the user's
    """

    def __init__(self, directory: Path) -> None:
        self.home = directory / "home"
        self.file = directory / "etc" / "config.yaml"
        self.user_file = self.home / ".config" / "direct-access" / "config.yaml"
        for file in (self.file, self.user_file):
            file.parent.mkdir(parents=True)
        self.environment = {"HOME": str(self.home)}

    def site(self, text: str = SYSTEM) -> None:
        self.file.write_text(textwrap.dedent(text), encoding="utf-8")

    def user(self, text: str) -> None:
        self.user_file.write_text(textwrap.dedent(text), encoding="utf-8")

    def load(self, **given: Any) -> Settings:
        return load(environment=self.environment, site_file=self.file, **given)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A machine without any configuration yet."""
    return Site(tmp_path)


@pytest.fixture
def configured(site: Site) -> Site:
    """A machine whose site file describes the system ``lab``."""
    site.site()
    return site


@pytest.fixture
def private_file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: bytes = b"planted-secret\n", mode: int = 0o600) -> Path:
        path = tmp_path / "secret"
        path.write_bytes(content)
        path.chmod(mode)
        return path

    return write
