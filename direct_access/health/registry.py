"""All checks, in the order in which a cause is looked for: from this node outwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from direct_access.config.settings import CLOUD, System
from direct_access.errors import ConfigurationError
from direct_access.health.check import Check
from direct_access.health.check_context import ENDPOINTS, CheckContext
from direct_access.health.checks import (
    api,
    clock,
    cloud,
    configuration,
    iam,
    local,
    site,
    slurm,
    store,
)
from direct_access.health.finding import CheckLevel
from direct_access.health.network_path import host, network_checks
from direct_access.slurm.licences import SHOW_LICENCES
from direct_access.slurm.plugstack import SHOW_OPTIONS

_SHOW_OPTIONS = " ".join(SHOW_OPTIONS)
_SHOW_LICENCES = " ".join(SHOW_LICENCES)
ON_PREM_ONLY = ("lanes", "calibration", "licences", "store")
"""The checks of what a service in the cloud does not have, or keeps to itself."""
IN_THE_CLOUD = {
    "api": (cloud.api, "GET /v1/versions"),
    "backends": (cloud.backends, "GET /v1/backends"),
}
"""The checks that ask another API there."""


def _store_needs(context: CheckContext) -> tuple[str, ...]:
    """Return what permits requests to the store: the IAM token, or a signature with our time in it."""
    storage = context.known_system.storage
    if storage is None:
        return ()
    return ("clock",) if storage.secret_access_key else ("iam",)


def _api_checks() -> Iterator[Check]:
    subject = host("api")
    yield Check(
        "api",
        api.api,
        "GET /version and /versions",
        "ask the operator of the quantum system",
        after=("tls.api", "iam"),
        subject=subject,
    )
    rows = (
        ("backends", api.backends, "GET /v1/backends", CheckLevel.CRITICAL, "direct-access backends"),
        ("lanes", api.lanes, "count lanes, and the jobs on them", CheckLevel.UNKNOWN, "direct-access list"),
        (
            "calibration",
            api.calibration,
            "GET the properties of each backend",
            CheckLevel.UNKNOWN,
            "direct-access backends --properties {}",
        ),
    )
    for name, look, tried, late, command in rows:
        after = ("api",) if name == "backends" else ("backends",)
        yield Check(
            name,
            look,
            tried,
            "ask the operator of the quantum system",
            after=after,
            subject=subject,
            late=late,
            command=command,
        )


def _systemhost(of: Callable[[System], str]) -> Callable[[CheckContext], str]:
    return lambda context: of(context.known_system)


CHECKS: tuple[Check, ...] = (
    Check(
        "configuration",
        configuration.configuration,
        "read the configuration, look at its files' modes",
        "direct-access config show --origin names the file that sets each setting",
        subject=lambda _context: "the configuration",
    ),
    Check(
        "secrets",
        configuration.secrets,
        "read each secret",
        "have each secret in a file of mode 0600, or a command that prints it",
        after=("configuration",),
        subject=_systemhost(lambda system: f"system {system.name}"),
    ),
    Check(
        "disk",
        local.disk,
        "write a file where run directories are made",
        "set scratch to a directory that you may write to",
        after=("configuration",),
        command="df -h {}",
    ),
    *(check for endpoint in ENDPOINTS for check in network_checks(endpoint)),
    Check(
        "clock",
        clock.clock,
        "compare the clocks by the Date of an answer",
        "set this node's clock",
        after=("tls.api",),
        subject=host("api"),
        command="chronyc tracking",
    ),
    Check(
        "token_cache",
        iam.token_cache,
        "look for a shared token",
        "remove the directory of tokens: it is made again",
        after=("secrets",),
    ),
    Check(
        "iam",
        iam.iam,
        "POST /identity/token with the API key",
        "ask the operator of IAM; jobs that hold a token go on for up to an hour",
        after=("secrets", "tls.iam"),
        subject=host("iam"),
    ),
    *_api_checks(),
    Check(
        "store",
        store.store,
        "put, presign, GET through the URL, delete",
        "ask the operator of the object store",
        after=("secrets", "tls.store"),
        also_after=_store_needs,
        subject=host("store"),
    ),
    Check(
        "plugin",
        slurm.plugin,
        _SHOW_OPTIONS,
        "see docs/spank-plugin.md",
        after=("configuration",),
        command=_SHOW_OPTIONS,
        late=CheckLevel.UNKNOWN,
    ),
    Check(
        "licences",
        slurm.licences_and_lanes,
        _SHOW_LICENCES,
        "see slurm/licenses.conf",
        after=("lanes",),
        command=_SHOW_LICENCES,
        late=CheckLevel.UNKNOWN,
    ),
    Check(
        "runs",
        local.runs,
        "read the journals below scratch",
        "bring their results, and clean up the server",
        after=("disk",),
        command="direct-access collect --all {}",
        late=CheckLevel.UNKNOWN,
    ),
)
"""The checks of the product; those of a site follow them."""


def _in_the_cloud(check: Check) -> Check:
    look, tried = IN_THE_CLOUD.get(check.name, (check.look, check.tried))
    return replace(check, look=look, tried=tried)


def chosen(context: CheckContext, only: Iterable[str] | None = None) -> tuple[Check, ...]:
    """Return the checks to make: all that the site did not disable, or some by their names.

    :raises ConfigurationError: if the site disables what is not a check
    """
    disabled = context.bounds.disable
    every = (*CHECKS, *site.checks_of(context))
    for name in disabled:
        if not any(check.is_one_of((name,)) for check in every):
            raise ConfigurationError(f"health.disable names {name}, which is not a check", subject=name)
    if context.system is not None and context.system.service == CLOUD:
        every = tuple(_in_the_cloud(check) for check in every if not check.is_one_of(ON_PREM_ONLY))
    if only is not None:
        return tuple(check for check in every if check.is_one_of(only))
    return tuple(check for check in every if not check.is_one_of(disabled))
