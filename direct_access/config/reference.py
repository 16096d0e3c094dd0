"""The reference page of the configuration, made from the table of settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from direct_access.config.table import (
    CONNECTION,
    HEALTH,
    LIMITS,
    RUN_SETTINGS,
    STORAGE,
    SYSTEM,
    Setting,
    Sources,
    setting_at,
)
from direct_access.units import DURATION_FORMS

_INTRODUCTION = f"""# Configuration

A site describes its systems once, in `/etc/direct-access/config.yaml`. A user adds to it in
`$XDG_CONFIG_HOME/direct-access/config.yaml` (`~/.config/…`), or in the file that `$DIRECT_ACCESS_CONFIG`
names. Both are YAML 1.2 with the same settings; neither has to exist. `direct-access config show --origin`
shows every setting with its value and where it came from.

**Precedence**, one for all: option of the command, environment (`DIRECT_ACCESS_…`), job file, user's file,
site's file, the variables that other programs read too (`https_proxy`, `SSL_CERT_FILE`, …), default. Systems
merge key by key, so that a user's file may change one setting of the site's system; another `type` replaces
the whole `storage`.

**Paths** are relative to the file they stand in; `~` is the home directory, nothing else is expanded.
**Durations** are {DURATION_FORMS}.
A bare number is seconds. Unknown settings are errors.

**Secrets** stand in no configuration, environment or command line: a setting names a file or a command.

* A file is a regular one, of one line, that belongs to root or to the user, with no permission for others;
  for the group only reading, and only where root owns it. `chmod 600 FILE` makes it so.
* A command is a list of the program and its arguments, run without a shell. It has 30 s and has to end with
  status 0; what it prints on standard error is not shown.
"""

_USUAL = """Where no configuration says, the variables that other programs read too are the fallback:
{usual}.
`HTTP_PROXY` in capitals is not read (in a CGI program it is a header of the request), and neither are
`~/.netrc`, `~/.aws`, `~/.bluemix` or any `AWS_…` variable. Redirects are not followed.
"""

_SYSTEMS = """## Systems

Under `systems: {NAME: {…}}`.
"""

_STORAGE = """## Storage

Under `storage:` of a system. A job file may refine it, but gives no credentials.
"""

_NETWORK = """## Network

Under `network:` for all systems, or beside the other settings of one system. They hold alike for IAM, the API
and the store.
"""

_LIMITS = """## Limits

Under `limits:`, in the site's file only; nothing can loosen them.
"""

_HEALTH = """## Health checks

Under `health:`, in the site's file only: what [`direct-access health`](health.md) looks at, and its bounds.
"""


def markdown() -> str:
    """Return the page."""
    network = [setting_at(("network", *setting.path)) for setting in CONNECTION]
    usual = [f"`{name}`" for setting in CONNECTION for name in setting.usual]
    parts = [
        _INTRODUCTION,
        "## Running jobs\n",
        _table(RUN_SETTINGS),
        _SYSTEMS,
        _table(SYSTEM, environment=False),
        _STORAGE,
        _table(STORAGE, environment=False),
        _NETWORK,
        _table(setting for setting in network if setting),
        _USUAL.format(usual=", ".join(usual)),
        _LIMITS,
        _table(LIMITS, environment=False),
        _HEALTH,
        _table(HEALTH, environment=False),
    ]
    return "\n".join(parts)


def _table(settings: Iterable[Setting], *, environment: bool = True) -> str:
    heads = ["setting", "value", "default", *(["environment"] if environment else []), "meaning"]
    rows = [_row(setting, environment) for setting in settings]
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(setting: Setting, environment: bool) -> list[str]:
    variable = f"`{setting.environment}`" if setting.environment else ""
    return [
        f"`{setting.path[-1]}`{_elsewhere(setting)}",
        setting.kind.name.replace("|", "\\|"),
        _default(setting.default),
        *([variable] if environment else []),
        setting.help,
    ]


def _elsewhere(setting: Setting) -> str:
    """Return how the setting is called in a job file and on the command line, where that differs."""
    return f" (job file: `{setting.name}`)" if setting.name and Sources.JOB_FILE in setting.sources else ""


def _default(value: Any) -> str:
    if value in (None, "", ()):
        return ""
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, float) and value.is_integer():
        return f"`{int(value)}`"
    return f"`{value}`"
