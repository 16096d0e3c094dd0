"""IBM's published snapshots of real backends, as qiskit-ibm-runtime brings them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import qiskit_ibm_runtime.fake_provider.backends

from direct_access.simulator.api.description import validator
from direct_access.simulator.backends.file import backends_of
from direct_access.simulator.documents import Misplaced

SNAPSHOTS = Path(qiskit_ibm_runtime.fake_provider.backends.__file__).parent


def snapshot(name: str) -> dict[str, Any]:
    return {
        "configuration": json.loads((SNAPSHOTS / name / f"conf_{name}.json").read_text()),
        "properties": json.loads((SNAPSHOTS / name / f"props_{name}.json").read_text()),
    }


@pytest.mark.parametrize(
    ("name", "field", "served"),
    [
        ("armonk", "coupling_map", []),
        ("almaden", "supported_instructions", ["id", "u1", "u2", "u3", "cx", "delay", "measure", "reset"]),
        ("lima", "processor_type", {"family": "Falcon", "revision": "4", "segment": "T"}),
        ("melbourne", "processor_type", {"family": "Canary", "revision": "1.1"}),
        ("poughkeepsie", "dt", pytest.approx(3.5555555)),
        ("lagos", "online_date", "2021-05-20T04:00:00.000000Z"),
    ],
)
def test_a_snapshot_is_served_as_the_description_of_the_api_has_it(
    name: str, field: str, served: Any
) -> None:
    (backend,) = backends_of([snapshot(name)]).values()
    validator("BackendConfiguration").validate(backend.configuration)
    validator("BackendProperties").validate(backend.properties)
    assert backend.configuration[field] == served


def test_what_a_snapshot_leaves_out_of_its_calibration_is_filled_in() -> None:
    given = snapshot("lima")
    date = given["properties"]["last_update_date"] = "2021-03-15T00:36:03-04:00"
    value = given["properties"]["qubits"][0][0]
    value.update(date=None, unit=None)
    given["properties"]["gates"][0]["parameters"] = None
    given["properties"]["general"] = None
    (backend,) = backends_of([given]).values()
    served = backend.properties
    assert served["last_update_date"] == "2021-03-15T04:36:03.000000Z"
    assert served["qubits"][0][0] == {**value, "date": served["last_update_date"], "unit": ""}
    assert (served["gates"][0]["parameters"], served["general"]) == ([], [])
    assert given["properties"]["last_update_date"] == date, "what was given is left as it is"


@pytest.mark.parametrize(
    ("document", "changes", "path"),
    [
        ("properties", {"last_update_date": "last week"}, ("last_update_date",)),
        ("properties", {"last_update_date": None}, ("last_update_date",)),
        ("properties", {"qubits": None}, ()),
        ("properties", {"qubits": [[{"name": "T1"}]]}, ("qubits", 0, 0)),
        ("properties", {"gates": [7]}, ("gates", 0)),
        ("configuration", {"gates": ["cx"]}, ("gates", 0)),
        ("configuration", {"n_qubits": None}, ()),
        ("configuration", {"basis_gates": "cx"}, ("basis_gates",)),
        ("configuration", {"processor_type": "Falcon"}, ("processor_type",)),
    ],
)
def test_what_no_default_covers_is_still_refused_at_its_place(
    document: str, changes: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    given = snapshot("lima")
    given[document].update(changes)
    with pytest.raises(Misplaced) as refused:
        backends_of([given])
    assert refused.value.path == (0, document, *path)
