"""The whole configuration, from everywhere it is made.

One precedence: option, environment, job file, user's file, site's file, the variables that other programs
read too (``https_proxy``, ``SSL_CERT_FILE``, …), default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from direct_access.config import sources
from direct_access.config.build import SettingsBuilder
from direct_access.config.precedence import choose
from direct_access.config.settings import Settings
from direct_access.config.sources import Source
from direct_access.config.table import Sources
from direct_access.errors import ConfigurationError, DirectAccessError, Finding, UsageError

SITE_FILE = Path("/etc/direct-access/config.yaml")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def load(
    *,
    options: Mapping[str, Any] = _NOTHING,
    environment: Mapping[str, str],
    job_file: Mapping[str, Any] = _NOTHING,
    user_file: Path | None = None,
    site_file: Path = SITE_FILE,
) -> Settings:
    """Return the configuration. No secret is read.

    :param options: settings given on the command line, by their names there
    :param job_file: settings that a job file makes
    :param user_file: default: ``$DIRECT_ACCESS_CONFIG``, else in ``$XDG_CONFIG_HOME``, else in ``~/.config``
    :raises ConfigurationError: with all findings
    :raises UsageError: if only options are wrong
    """
    home = sources.home(environment)
    file, named = (user_file, True) if user_file else sources.user_file(environment)
    from_options = sources.from_names(options, Sources.OPTION, "option", home)
    weakest_first = [
        sources.from_usual_variables(environment, home),
        sources.from_file(site_file, Sources.SITE_FILE, home, must_exist=False),
        _from_user_file(file, site_file, home, named),
        sources.from_names(job_file, Sources.JOB_FILE, "job file", home),
        sources.from_environment(environment, home),
        from_options,
    ]
    findings = [finding for source in weakest_first for finding in source.findings]
    chosen, unreadable = choose([source.given for source in weakest_first])
    findings += unreadable
    builder = SettingsBuilder(chosen)
    settings = builder.settings()
    if findings or builder.findings:
        # What seems to be missing may stand in a file that could not be read.
        raise _refusal(list(dict.fromkeys(findings or builder.findings)))
    return settings


def _from_user_file(file: Path, site_file: Path, home: Path, named: bool) -> Source:
    if os.path.exists(file) and os.path.exists(site_file) and file.samefile(site_file):  # noqa: PTH110
        return Source()  # Path.exists raises where a directory on the way may not be searched
    return sources.from_file(file, Sources.USER_FILE, home, must_exist=named)


def _refusal(findings: Sequence[Finding]) -> DirectAccessError:
    places = list(dict.fromkeys(finding.file for finding in findings))
    count = "1 error" if len(findings) == 1 else f"{len(findings)} errors"
    cls = UsageError if places == ["option"] else ConfigurationError
    return cls(
        f"the configuration is refused: {count} in {', '.join(places)}",
        subject=places[0],
        findings=tuple(findings),
    )
