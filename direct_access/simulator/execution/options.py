"""Options that are valid and that the simulator does not act on, or does not know.

The service ignores what it does not know within a group of options (IBM's ibm-quantum-schemas), and its
client puts a user's ``experimental`` options there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from logging import Logger
from typing import Any

_COMMON_DEFAULTS: dict[str, Any] = {
    "dynamical_decoupling.enable": False,
    "execution.init_qubits": True,
    "twirling.enable_gates": False,
    "simulator.noise_model": None,
    "simulator.coupling_map": None,
    "simulator.basis_gates": None,
    "experimental": {},
}
"""Dotted name to the value that asks for nothing. Sub-options of a feature that is off need no entry."""

SAMPLER_DEFAULTS = {
    **_COMMON_DEFAULTS,
    "twirling.enable_measure": False,  # the estimator's model of readout errors is that of twirled readout
}

ESTIMATOR_DEFAULTS = {
    **_COMMON_DEFAULTS,
    "resilience.zne_mitigation": False,
    "resilience.pec_mitigation": False,
    "resilience.layer_noise_model": None,
}


def warn_of_ignored(
    options: Mapping[str, Any], defaults: Mapping[str, Any], schema: Mapping[str, Any], log: Logger
) -> None:
    """Name in the log, in one line, what the job asks for and the simulator does not do.

    :param schema: of the params document
    """
    ignored = [*_asked_for(options, defaults), *_unknown(options, schema["properties"]["options"], ())]
    if ignored:
        log.warning("the simulator does not act on these options: %s", ", ".join(ignored))


def _asked_for(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[str]:
    for name, default in defaults.items():
        value: Any = options
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value not in (None, default):
            yield name


def _unknown(options: Any, schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the dotted names of options that a schema does not have."""
    if not isinstance(options, Mapping):
        return
    objects = [each for each in (schema, *schema.get("anyOf", ())) if "properties" in each]
    known = {name: inner for each in objects for name, inner in each["properties"].items()}
    for name, value in options.items():
        if name in known:
            yield from _unknown(value, known[name], (*path, name))
        elif objects:
            yield ".".join((*path, name))
