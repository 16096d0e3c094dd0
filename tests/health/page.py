"""docs/health.md, made from the checks and from the days that the tests play."""

from __future__ import annotations

from direct_access.health.check import Check
from direct_access.health.registry import CHECKS
from tests.health.bad_days import table

INTRODUCTION = """\
# Is everything there?

`direct-access health` looks at everything that a quantum job needs, from the configuration on this node to the object store, in
at most 5 s. `direct-access doctor` does the same for somebody whose jobs do not work, then runs a small job from start to end.
[My job on a bad day](bad-day.md) tells what a run does meanwhile.

## health

```
direct-access health
```

Each line says what was looked at, what was seen and how long it took. Checks that do not need each other are made at the same
time; one that stands behind a failure is skipped, and named with it: `skipped because iam failed: api, backends, …`. What is
wrong is told with what was tried, how to mend it, and what to type next. No output holds a secret or a presigned URL.

Every request is made once. The token is asked for anew, past the shared ones, which would hide a key that was revoked.

| `--format` | for | exit status |
|---|---|---|
| `text` | people; `-q` leaves out what is well | 0, or that of the first cause that would fail a job ([table](exit-status.md)); warnings are 0 |
| `json` | programs; `direct-access/health/v1` | the same, also in `exit_status` |
| `nagios` | Nagios, Icinga, Naemon: one line of at most 80 characters, then performance data | 0, 1, 2 or 3; 3 also for wrong usage |
| `prometheus` | the textfile collector of node_exporter ([metrics](metrics.md)) | as `text` |
| `nhc` | nodes; makes no request | 0; 1 only as `--fail-on` says |

`--output FILE` writes the output to a file, by rename and readable for all. `--deadline TIME` is the time for all checks.

### The checks

| check | what it does | where it fails |
|---|---|---|
"""

SITE = """
`dns`, `tcp`, `proxy` and `tls` are made for `iam`, `api` and `store`. Lanes are counted as far as the API tells: it shows the
jobs of one's own account alone. `store` reads through the URL where this node uses the same endpoint as the quantum system.

### What a site can choose

Under `health:` in `/etc/direct-access/config.yaml` ([all settings](configuration.md#health-checks)):

```yaml
health:
  disable: [calibration, tls.iam]
  certificate_warning_secs: 30d
  commands:
    - [/usr/local/lib/direct-access/check_cryostat, --warning, 20mK]
```

A command is a check of your own: a program in the manner of Nagios, whose exit status 0, 1, 2 or 3 and first line of standard output
count. No shell reads it; it runs as whoever calls `health`, with what is left of the time. It appears as `site.check_cryostat`.

## Nodes

Hundreds of nodes that ask IAM every five minutes would be an attack. One node publishes, for example by cron(8), into a file system
that all nodes see:

```
*/5 * * * * quantum direct-access health --quiet --publish /shared/direct-access/health.json
```

On every node `direct-access health --format nhc` reads that file (`health.state_file`, or `--state FILE`) and makes no request:

- What the file says is told, and never fails a node: the quantum system being away is no reason to drain one.
- A file that is missing, damaged, or older than `health.stale_secs` counts as healthy.
- `--fail-on disk` and `--fail-on configuration` are the exceptions, where a site wants them: the node itself cannot write run
  directories, or cannot read the configuration. Then it exits 1. Nothing else fails a node.

[etc/nhc/direct_access.nhc](../etc/nhc/direct_access.nhc) is the check for LBNL Node Health Check,
[slurm/health_check.sh](../slurm/health_check.sh) the `HealthCheckProgram` for a site without it, and
[etc/nagios/direct-access.cfg](../etc/nagios/direct-access.cfg) the definitions for Nagios and NRPE.

## doctor

```
direct-access doctor
```

makes all checks, stops at the first cause, and says how to mend it and what to type next; its exit status is the one that a job
would end with. Where nothing is in the way it runs a circuit of two qubits on the backend (`--backend NAME`) by the same path as `run`,
in a directory that it removes. A paused, reserved or fully occupied backend is a cause here, and only a warning for `health`.
If the test job does not end within 5 minutes (`--wait`), it is cancelled.

`direct-access doctor --from-node` says which of IAM, API and store a node reaches, by DNS, TCP, proxy and TLS. It reads no
credentials, so any user may run it anywhere: `srun -w node17 direct-access doctor --from-node`.

`direct-access doctor --bundle support.tar.gz` writes what support needs: versions, `config show` with origins, what the checks found,
owners and modes of files, the names of environment variables, and of each run in scratch its times, status and error codes. It
holds no secret, no job file, no circuit, no result and no log. Look at it before you send it: host names, paths and names of
backends are in it.

## Bad days

Each is played by the tests with both commands, and both have to name its cause.

"""


def page() -> str:
    """Return docs/health.md."""
    rows = "".join(_row(check) for check in CHECKS if not check.name.endswith((".api", ".store")))
    return f"{INTRODUCTION}{rows}{SITE}{table()}\n"


def _row(check: Check) -> str:
    name = check.name.removesuffix(".iam")
    advice = check.advice.replace("IAM", "the server") if "." in check.name else check.advice
    tried = check.tried.replace("IAM", "the server") if "." in check.name else check.tried
    return f"| `{name}` | {tried} | {advice} |\n"
