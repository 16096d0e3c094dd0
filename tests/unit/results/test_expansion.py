"""Small files that would expand beyond any memory are refused; what can really be in such a file is read."""

from __future__ import annotations

import base64
import io
import json
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from direct_access.cli.exit_status import exit_status
from direct_access.errors import StoreError
from direct_access.results import as_json, as_text, decode

MEMORY_BYTES = 1 << 30
STORE = exit_status(StoreError(""))


def encoded(array: np.ndarray) -> str:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, (1, 0))
    return base64.b64encode(zlib.compress(stream.getvalue(), 9)).decode()


def promised(shape: tuple[int, ...], kind: str) -> str:
    """Return an array that is nothing but its header."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": kind, "fortran_order": False, "shape": shape})
    return base64.b64encode(zlib.compress(stream.getvalue(), 9)).decode()


def wrapped(kind: str, value: Any) -> dict[str, Any]:
    return {"__type__": kind, "__value__": value}


def bits(num_bits: int, array: str) -> dict[str, Any]:
    return wrapped("BitArray", {"array": wrapped("ndarray", array), "num_bits": num_bits})


def typed(**fields: Any) -> dict[str, Any]:
    pub = wrapped("PubResult", {"data": wrapped("DataBin", {"fields": fields}), "metadata": {}})
    return wrapped("PrimitiveResult", {"pub_results": [pub], "metadata": {}})


def plain(**fields: Any) -> dict[str, Any]:
    return {"results": [{"data": fields, "metadata": {}}]}


def rows_without_numbers() -> Any:
    return typed(evs=wrapped("ndarray", promised((1 << 24, 0), "<f8")))


def zeros_beyond_number() -> Any:
    return typed(evs=wrapped("ndarray", encoded(np.zeros(1 << 22))))


def zeros_in_many_arrays() -> Any:
    one = wrapped("ndarray", encoded(np.zeros(1 << 18)))
    return typed(**{f"evs{number}": one for number in range(32)})


def sets_without_bits() -> Any:
    return typed(c=bits(0, promised((1 << 24, 1, 0), "|u1")))


def wide_samples() -> Any:
    return plain(c={"samples": ["0x0"] * 100_000, "num_bits": 1 << 16})


def different_outcomes_again_and_again() -> Any:
    outcomes = np.arange(2_000, dtype=">u2").view(np.uint8).reshape(1, -1, 2)
    return typed(c=bits(16, encoded(np.repeat(outcomes, 800, axis=0))))


def outcomes_that_combine() -> Any:
    low, high = (np.arange(3 << 19) % period for period in (4_001, 4_003))
    named = {"low": low, "high": high}
    return typed(
        **{
            name: bits(16, encoded(rows.astype(">u2").view(np.uint8).reshape(-1, 2)))
            for name, rows in named.items()
        }
    )


@pytest.mark.parametrize(
    "made",
    [
        rows_without_numbers,
        zeros_beyond_number,
        zeros_in_many_arrays,
        sets_without_bits,
        wide_samples,
        different_outcomes_again_and_again,
        outcomes_that_combine,
    ],
)
def test_a_file_that_expands_without_bound_is_refused(tmp_path: Path, made: Callable[[], Any]) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(made()))
    assert path.stat().st_size < 1 << 20
    done = subprocess.run(
        [sys.executable, "-m", "direct_access", "results", "--format", "json", str(path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)),
    )
    assert done.returncode == STORE, done.stderr
    assert "a file of this size" in done.stderr


@pytest.mark.parametrize(
    "document",
    [
        typed(evs=wrapped("ndarray", encoded(np.ones((1_000, 1_000))))),
        typed(c=bits(156, encoded(np.zeros((1_000_000, 20), np.uint8)))),
        typed(c=bits(0, promised((10, 1_000, 0), "|u1"))),
    ],
)
def test_results_of_an_ideal_job_are_read_however_well_they_are_compressed(
    tmp_path: Path, document: Any
) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document))
    assert as_text(decode(path))
    assert as_json(decode(path))["pubs"]
