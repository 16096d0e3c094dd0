"""A home and an environment full of what other tools read, and we must not."""

from __future__ import annotations

from pathlib import Path

import pytest

DEAD_PROXY = "http://planted:planted@127.0.0.1:9"
"""The discard port: whoever takes this proxy fails."""

FILES = {
    ".netrc": "default login planted password planted\n",
    ".aws/config": "[default]\nregion = planted-1\nendpoint_url = http://127.0.0.1:9\n"
    "s3 =\n    addressing_style = virtual\n",
    ".aws/credentials": "[default]\naws_access_key_id = planted\naws_secret_access_key = planted\n",
    ".bluemix/cos_credentials": '{"apikey": "planted", "resource_instance_id": "planted"}\n',
}

VARIABLES = {
    "AWS_PROFILE": "planted",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "planted",
    "AWS_SECRET_ACCESS_KEY": "planted",
    "AWS_CA_BUNDLE": "/nonexistent/planted.pem",
    "REQUESTS_CA_BUNDLE": "/nonexistent/planted.pem",
    "CURL_CA_BUNDLE": "/nonexistent/planted.pem",
    "SSL_CERT_FILE": "/nonexistent/planted.pem",
    "SSL_CERT_DIR": "/nonexistent",
    "IBM_CONFIG_FILE": "/nonexistent/planted",
    **{
        name: DEAD_PROXY
        for scheme in ("http", "https", "all")
        for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
    },
}


def plant(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill a home directory and this process's environment with other tools' settings."""
    for name, content in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        path.chmod(0o600)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
