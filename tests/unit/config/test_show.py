from __future__ import annotations

from direct_access.config.show import show
from tests.unit.config.conftest import SYSTEM, Site


def test_every_setting_is_shown_with_value_and_origin(configured: Site) -> None:
    configured.site(
        SYSTEM
        + "    storage: {type: s3_compatible, bucket: b, access_key_id: k, "
        + "secret_access_key_command: [pass, s3]}\n"
        + "network: {no_proxy: [a, b], connect_timeout_secs: 1m}\n"
    )
    configured.environment["DIRECT_ACCESS_HTTPS_PROXY"] = "http://user:planted@p:1"
    rows = {name: (value, origin) for name, value, origin in show(configured.load(options={"keep": "all"}))}
    file = str(configured.file)
    expected = {
        "keep": ("all", "option"),
        "on_busy": ("wait", "default"),
        "scratch": ("-", "default"),
        "limits.max_timeout_secs": ("-", "default"),
        "systems.lab.url": ("https://qs.example.org:30060", f"{file}:4"),
        "systems.lab.api_key": ("file /etc/direct-access/api-key", f"{file}:6"),
        "systems.lab.iam_url": ("https://iam.cloud.ibm.com", "default"),
        "systems.lab.no_proxy": ("a, b", f"{file}:8"),
        "systems.lab.connect_timeout_secs": ("60", f"{file}:8"),
        "systems.lab.https_proxy": ("http://***@p:1", "$DIRECT_ACCESS_HTTPS_PROXY"),
        "systems.lab.storage.bucket": ("b", f"{file}:7"),
        "systems.lab.storage.secret_access_key": ("command pass s3", f"{file}:7"),
    }
    assert {name: rows[name] for name in expected} == expected


def test_a_system_without_storage_says_so(configured: Site) -> None:
    assert ("systems.lab.storage", "-", "default") in show(configured.load())


def test_names_are_shown_once(configured: Site) -> None:
    names = [name for name, _, _ in show(configured.load())]
    assert len(names) == len(set(names))
