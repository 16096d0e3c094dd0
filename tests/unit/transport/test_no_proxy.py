from __future__ import annotations

import pytest

from direct_access.transport.no_proxy import bypasses


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        ("iam.example.org", "*"),
        ("10.1.2.3", "*"),
        ("iam.example.org", "iam.example.org"),
        ("IAM.Example.org", "iam.example.ORG"),
        ("iam.example.org.", "iam.example.org"),
        ("iam.example.org", "iam.example.org."),
        ("iam.example.org", "example.org"),
        ("iam.example.org", ".example.org"),
        ("example.org", ".example.org"),
        ("iam.example.org", "*.example.org"),
        ("iam.example.org", "  example.org "),
        ("iam.example.org", "example.org:443"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3", "10.1.0.0/16"),
        ("10.1.2.3", "10.1.2.3/16"),
        ("10.1.2.3", "10.1.2.3:443"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("::1", "[::1]:443"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("fd00::12", "fd00::/8"),
    ],
)
def test_a_host_in_the_list_is_reached_directly(host: str, entry: str) -> None:
    assert bypasses(host, 443, ["unrelated.example.net", entry])


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        ("iam.example.org", ""),
        ("iam.example.org", "."),
        ("iam.example.org", "*."),
        ("iam.example.org", "iam.example.or"),
        ("badexample.org", "example.org"),
        ("badexample.org", ".example.org"),
        ("example.org", "iam.example.org"),
        ("iam.example.org", "example.org:80"),
        ("10.1.2.3", "10.2.0.0/16"),
        ("10.1.2.3", "1.2.3"),
        ("10.1.2.3", "10.1.2.3:80"),
        ("110.1.2.3", "10.1.2.3"),
        ("fd00::12", "10.0.0.0/8"),
        ("::1", "[::1]:80"),
        ("iam.example.org", "10.0.0.0/8"),
        ("iam.example.org", "10.0.0.0/99"),
    ],
)
def test_a_host_not_in_the_list_takes_the_proxy(host: str, entry: str) -> None:
    assert not bypasses(host, 443, ["unrelated.example.net", entry])


def test_an_empty_list_bypasses_nothing() -> None:
    assert not bypasses("localhost", 80, [])
