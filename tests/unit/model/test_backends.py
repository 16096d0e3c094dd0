import pytest

from direct_access.errors import ProtocolError
from direct_access.model.backends import (
    Backend,
    BackendConfiguration,
    BackendProperties,
    LanesConfiguration,
    parse_backend,
    parse_lanes,
)


def test_a_backend_is_read():
    document = {"name": "ibm_a", "status": "paused", "message": "cooling", "version": "1.2.3", "locked": True}
    assert parse_backend(document) == Backend("ibm_a", "paused", "cooling", "1.2.3", locked=True)


def test_a_backend_needs_a_name_and_a_status_only():
    assert parse_backend({"name": "ibm_a", "status": "online"}) == Backend("ibm_a", "online")


@pytest.mark.parametrize(
    "document", [{"name": "ibm_a"}, {"status": "online"}, {"name": 1, "status": "online"}]
)
def test_a_backend_without_name_or_status_is_a_protocol_error(document):
    with pytest.raises(ProtocolError):
        parse_backend(document)


def test_lanes_are_read():
    document = {"hpc_workload_manager": {"lanes": 3}, "ibm_quantum_compute": {"lanes": 2}}
    assert parse_lanes(document) == LanesConfiguration(3, 2)


@pytest.mark.parametrize("entry", [None, {}, {"lanes": None}, 5])
def test_lanes_that_are_not_told_are_unknown(entry):
    assert parse_lanes({"hpc_workload_manager": entry}) == LanesConfiguration(None, None)


def test_a_configuration_is_the_servers_object_with_names_for_what_is_used():
    document = {
        "n_qubits": 3,
        "basis_gates": ["cz", "sx"],
        "coupling_map": [[0, 1], [1, 2]],
        "backend_version": "1.0.1",
        "processor_type": {"family": "Heron", "revision": 2},
    }
    configuration = BackendConfiguration(document)
    assert dict(configuration) == document
    assert configuration.n_qubits == 3
    assert configuration.basis_gates == ["cz", "sx"]
    assert configuration.coupling_map == [(0, 1), (1, 2)]
    assert configuration.backend_version == "1.0.1"


def test_a_configuration_without_a_coupling_map_connects_all_qubits():
    assert BackendConfiguration({"coupling_map": None}).coupling_map is None


def test_a_configuration_may_tell_nothing():
    configuration = BackendConfiguration({})
    assert (configuration.n_qubits, configuration.basis_gates, len(configuration)) == (None, [], 0)


def test_properties_tell_the_time_of_the_calibration():
    properties = BackendProperties({"last_update_date": "2026-11-21T08:00:00Z", "backend_version": "1.0.1"})
    assert properties.last_update_date == "2026-11-21T08:00:00Z"
    assert properties.backend_version == "1.0.1"
