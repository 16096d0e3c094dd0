"""Bearer tokens, as IBM Cloud Object Storage takes them, at targets with an IAM of ours."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.object_store.clients import iam_client
from tests.contract.object_store.identity_provider import IdentityProvider
from tests.contract.object_store.targets import WITH_IAM, Target

TARGETS = WITH_IAM
TOKENS: dict[str, Callable[[IdentityProvider], str]] = {
    "forged": IdentityProvider.forged_token,
    "expired": lambda provider: provider.token(exp=int(time.time()) - 60),
    "for another audience": lambda provider: provider.token(aud="another"),
    "of another issuer": lambda provider: provider.token(iss="http://127.0.0.1:1"),
    "no token at all": lambda provider: "opaque",
    "empty": lambda provider: "",
}


@pytest.fixture(scope="session")
def by_iam(target: Target) -> Any:
    """A client that has an API key and nothing else."""
    return iam_client(target)


def test_an_api_key_is_enough(by_iam: Any, target: Target, key: str) -> None:
    where = {"Bucket": target.bucket, "Key": key}
    by_iam.put_object(**where, Body=b"content", Metadata={"job": "5f0e"})
    got = by_iam.get_object(**where)
    assert (got["Body"].read(), got["Metadata"]) == (b"content", {"job": "5f0e"})
    by_iam.delete_object(**where)
    assert by_iam.list_objects_v2(Bucket=target.bucket, Prefix=key)["KeyCount"] == 0


def test_an_api_key_uploads_in_parts(by_iam: Any, target: Target, key: str, tmp_path: Path) -> None:
    content = os.urandom(20 << 20)
    (tmp_path / "up").write_bytes(content)
    by_iam.upload_file(str(tmp_path / "up"), target.bucket, key)
    by_iam.download_file(target.bucket, key, str(tmp_path / "down"))
    assert (tmp_path / "down").read_bytes() == content


def bearer(target: Target, method: str, key: str, token: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"}
    return target.send(method, f"/{target.bucket}/{key}", headers, b"content").outcome


def test_a_good_token_writes(target: Target, key: str) -> None:
    assert target.identity_provider
    assert bearer(target, "PUT", key, target.identity_provider.token()) == (200, "")


@pytest.mark.parametrize("fault", TOKENS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_any_other_token_is_refused(
    one_client: Any, target: Target, key: str, fault: str, method: str
) -> None:
    one_client.put_object(Bucket=target.bucket, Key=key, Body=b"untouched")
    assert target.identity_provider
    token = TOKENS[fault](target.identity_provider)
    assert bearer(target, method, key, token) == (403, "AccessDenied")
    assert one_client.get_object(Bucket=target.bucket, Key=key)["Body"].read() == b"untouched"
