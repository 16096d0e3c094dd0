"""Lower never imports higher."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from graphlib import TopologicalSorter

from .layers import LAYERS, OUTSIDE_THE_LAYERS, RANK
from .source import Module, modules

RUNNER_MAY_KNOW = {
    "light_dataclass",
    *(
        "errors",
        "units",
        "clock",
        "redact",
        "atomic",
        "_version",
        "model",
        "retry",
        "jobfile",
        "journal",
        "slurm",
    ),
    *("config.settings", "events", "services.protocol", "run_files"),
}
RUNNER_EXCEPTIONS = {
    ("runner.invocation", "config.load"): "where a run begins, the configuration is read,",
    ("runner.invocation", "config.choose_system"): "one of its systems is chosen,",
    ("runner.invocation", "services.composition"): "and the service of that system is opened",
}

THIRD_PARTY = {
    "click": {"cli"},
    "yaml": {"document"},
    "urllib3": {"transport"},
    "boto3": {"storage.sdk_modules"},
    "botocore": {"storage.sdk_modules"},
    "ibm_boto3": {"storage.sdk_modules"},
    "ibm_botocore": {"storage.sdk_modules"},
    "prometheus_client": {"health.exposition", "health.exporter", "health.metrics_server"},
    "ibm_platform_services": {"resource_controller"},
    "ibm_cloud_sdk_core": {"resource_controller"},
    "requests": {"transport.adapter", "resource_controller.adapter"},
    "matplotlib": {"results.figure"},
    "qiskit": {"jobfile"},
    "openqasm3": {"jobfile"},
    "qiskit_qasm3_import": {"jobfile"},
}

MODULES = modules()
LAYERED = [module for module in MODULES if module.part not in OUTSIDE_THE_LAYERS]


def is_in(name: str, allowed: AbstractSet[str]) -> bool:
    return any(name == other or name.startswith(other + ".") for other in allowed)


def imports_outside(selected: Iterable[Module], allowed: AbstractSet[str]) -> list[str]:
    """Return ``importer: imported`` for each module of ours that may not be imported there."""
    return [
        f"{module.name}: {name}"
        for module in selected
        for name in sorted(module.own_imports)
        if not is_in(name, allowed)
    ]


def foreign_imports(selected: Iterable[Module]) -> list[tuple[str, str]]:
    """Return importer and root of each import from neither the standard library nor this package."""
    known = sys.stdlib_module_names | {"direct_access"}
    return [(module.name, root) for module in selected for root in sorted(module.import_roots - known)]


def part_is(*parts: str) -> list[Module]:
    return [module for module in MODULES if module.part in parts]


def test_every_part_has_a_layer() -> None:
    assert {module.part for module in MODULES} - RANK.keys() - OUTSIDE_THE_LAYERS.keys() == set()


def test_lower_never_imports_higher() -> None:
    for module in LAYERED:
        lower = {part for part, rank in RANK.items() if rank <= RANK[module.part]}
        assert imports_outside([module], lower | OUTSIDE_THE_LAYERS.keys()) == []


def test_the_foundation_needs_the_standard_library_alone() -> None:
    foundation = part_is(*LAYERS[0])
    assert foreign_imports(foundation) == []
    assert imports_outside(foundation, set(LAYERS[0])) == []


def test_nothing_imports_the_command_but_its_entry_point() -> None:
    others = [module for module in MODULES if module.part not in ("cli", "_console")]
    assert [
        module.name for module in others if any(is_in(name, {"cli"}) for name in module.own_imports)
    ] == []


def test_the_simulator_shares_time_and_units_with_the_rest_and_nothing_else() -> None:
    assert imports_outside(part_is("simulator"), {"simulator", "clock", "units"}) == []


def test_only_the_command_starts_the_simulator() -> None:
    others = [module for module in LAYERED if module.part != "cli"]
    assert [m.name for m in others if any(is_in(name, {"simulator"}) for name in m.own_imports)] == []


def test_the_runner_knows_the_service_protocol_and_nothing_below_it() -> None:
    for module in part_is("runner"):
        exceptions = {to for by, to in RUNNER_EXCEPTIONS if by == module.name}
        assert imports_outside([module], RUNNER_MAY_KNOW | {"runner"} | exceptions) == []


def test_the_reaper_knows_the_service_protocol_and_nothing_below_it() -> None:
    foundation = {"errors", "clock", "events", "atomic", "model", "slurm"}
    assert imports_outside(part_is("reaper"), {"reaper", "services.protocol", *foundation}) == []


def test_every_exception_of_the_runner_is_in_use() -> None:
    used = {(module.name, name) for module in part_is("runner") for name in module.own_imports}
    assert RUNNER_EXCEPTIONS.keys() - used == set()


def test_a_library_is_imported_only_where_it_belongs() -> None:
    found = foreign_imports(LAYERED)
    assert [(name, root) for name, root in found if not is_in(name, THIRD_PARTY.get(root, set()))] == []


def test_results_need_the_standard_library_alone_but_for_pictures() -> None:
    assert foreign_imports(part_is("results")) == [("results.figure", "matplotlib")]


def test_no_import_goes_round_in_a_circle() -> None:
    graph = {module.name: module.own_imports_with_types for module in MODULES}
    assert tuple(TopologicalSorter(graph).static_order())
