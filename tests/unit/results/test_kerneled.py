"""Results of the sampler's meas_type kerneled and avg_kerneled, written by qiskit-ibm-runtime's encoder."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit.primitives import DataBin, PrimitiveResult, SamplerPubResult
from qiskit_ibm_runtime import RuntimeEncoder

from direct_access.results import Layout, Results, as_json, as_text, decode


def decoded(path: Path, shape: tuple[int, ...], points: Any) -> Results:
    """Return the results of a job with one PUB and one register."""
    data = DataBin(c=np.array(points, np.complex128), shape=shape)
    path.write_text(json.dumps(PrimitiveResult([SamplerPubResult(data)], {}), cls=RuntimeEncoder))
    return decode(path)


def lines_of(results: Results, rows: int = 16) -> str:
    return "\n".join(line.rstrip() for line in as_text(results, layout=Layout(rows=rows)).splitlines())


def is_text(text: str, expected: str) -> bool:
    return text == textwrap.dedent(expected).strip("\n")


def test_of_each_bit_the_mean_over_the_shots_is_shown(tmp_path):
    results = decoded(tmp_path / "r", (), [[-1, 1 + 1j], [-1, 1 - 1j]])
    assert is_text(
        lines_of(results),
        """
        PUB 0
          c (2 bits, 2 shots, complex)
            bit  mean   standard deviation
            0    -1+0j  0
            1    1+0j   1
        """,
    )


def test_each_set_of_parameter_values_has_its_table(tmp_path):
    results = decoded(tmp_path / "r", (2,), [[[-1], [-1]], [[1], [1]]])
    assert is_text(
        lines_of(results),
        """
        PUB 0
          c (1 bit, 2 shots, complex) [0]
            bit  mean   standard deviation
            0    -1+0j  0
          c (1 bit, 2 shots, complex) [1]
            bit  mean  standard deviation
            0    1+0j  0
        """,
    )


def test_what_does_not_fit_is_told(tmp_path):
    text = lines_of(decoded(tmp_path / "r", (3,), np.ones((3, 5, 4))), rows=2)
    assert "  … and 2 more bits" in text
    assert text.endswith("… and 1 more row (--rows all)")


def test_averaged_points_are_shown_by_index(tmp_path):
    results = decoded(tmp_path / "r", (1,), [[-0.5 + 0.25j, 1]])
    assert is_text(
        lines_of(results),
        """
        PUB 0
                  c
          [0, 0]  -0.5+0.25j
          [0, 1]  1+0j
        """,
    )


@pytest.mark.parametrize(("shape", "points"), [((), [[1j, 2]]), ((1,), [[1j, 2]])])
def test_json_has_every_point(tmp_path, shape, points):
    (pub,) = as_json(decoded(tmp_path / "r", shape, points))["pubs"]
    expected = [[{"real": 0.0, "imag": 1.0}, {"real": 2.0, "imag": 0.0}]]
    assert pub["values"] == {"c": {"shape": [1, 2], "values": expected}}


def test_numbers_that_are_too_large_or_none_are_shown_nevertheless(tmp_path):
    text = lines_of(decoded(tmp_path / "r", (), [[1e308 + 1e308j, complex("nan")], [1e308, 1]]))
    assert "inf" in text
    assert "nan" in text
