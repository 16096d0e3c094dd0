"""Fixtures of the contract."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.object_store.clients import SDKS, sdk_client
from tests.contract.object_store.targets import ALL, Target

_counter = itertools.count()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests at all targets, or at those that their module names."""
    if "target" in metafunc.fixturenames:
        targets = getattr(metafunc.module, "TARGETS", ALL)
        names = [start.__name__ for start in targets]
        metafunc.parametrize("target", targets, indirect=True, scope="session", ids=names)


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Each store in turn, one process of it for all tests."""
    with request.param(tmp_path_factory.mktemp(request.param.__name__)) as started:
        yield started
        _remove_all(started)


def _remove_all(target: Target) -> None:
    client = sdk_client(SDKS[1], target)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=target.bucket, Prefix=target.prefix)
    for page in pages:
        if found := [{"Key": each["Key"]} for each in page.get("Contents", [])]:
            client.delete_objects(Bucket=target.bucket, Delete={"Objects": found, "Quiet": True})


@pytest.fixture(scope="session", params=SDKS)
def s3(request: pytest.FixtureRequest, target: Target) -> Any:
    """A client of each SDK, with its default checksums and with as few as it allows."""
    return sdk_client(request.param, target)


@pytest.fixture(scope="session")
def one_client(target: Target) -> Any:
    """A client for what does not depend on the client."""
    return sdk_client(SDKS[1], target)


@pytest.fixture
def key(target: Target) -> str:
    """A key that no other test uses."""
    return f"{target.prefix}/{next(_counter)}"
