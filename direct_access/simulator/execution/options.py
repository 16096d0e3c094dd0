"""Options that are valid and that the simulator does not act on."""

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
    "execution.meas_type": "classified",
    "twirling.enable_measure": False,  # the estimator's model of readout errors is that of twirled readout
}

ESTIMATOR_DEFAULTS = {
    **_COMMON_DEFAULTS,
    "resilience.zne_mitigation": False,
    "resilience.pec_mitigation": False,
    "resilience.layer_noise_model": None,
}


def warn_of_ignored(options: Mapping[str, Any], defaults: Mapping[str, Any], log: Logger) -> None:
    """Name in the log, in one line, what the job asks for and the simulator does not do."""
    ignored = list(_asked_for(options, defaults))
    if ignored:
        log.warning("the simulator does not act on these options: %s", ", ".join(ignored))


def _asked_for(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[str]:
    for name, default in defaults.items():
        value: Any = options
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value not in (None, default):
            yield name
