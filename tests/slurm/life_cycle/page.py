"""The page that the table makes, ``docs/slurm-life-cycle.md``."""

from __future__ import annotations

from collections.abc import Iterable

from tests.slurm.life_cycle.row import Outcome, Row
from tests.slurm.life_cycle.table import CASES, FORMS, OTHERS

INTRODUCTION = """\
# When Slurm ends a job

What becomes of the quantum job, by what happens to its Slurm job and by how the batch script starts the
command. A test plays every row on real clusters (Slurm 22.05 and 24.11, `proctrack/cgroup`) with a
simulated quantum system, and compares this page with what it finds: the status of the quantum job on the
system, jobcomp, and the journal.

| form | batch script |
|---|---|
| srun | `srun direct-access run …` |
| exec | `exec direct-access run …` |
| trap | `direct-access run … & pid=$!; trap 'kill -TERM $pid' TERM; wait $pid; wait $pid` |
| plugin | `direct-access run …` in a job with `--qpu`, on a site with the [SPANK plugin](spank-plugin.md) |
| plain | `direct-access run …`, nothing else |

In the plain form Slurm tells the command nothing and kills it with the shell; the command warns of that when
it starts. Where the table says "runs on", nobody watches the quantum job any more: it goes on until it ends,
or until the [reaper](reaper.md) cancels it.

- **cancelled**: the cancel request went out, and the quantum job and its objects were removed.
- **left**: it runs on, and `direct-access collect` with the run directory brings the results. *Marked*: the
  reaper leaves it alone for `collect_by` (default 7 days); else it cancels it once the Slurm job is gone.
- **collected**: the results are on disk, verified. After a requeue it is the same quantum job: nothing is
  executed twice.
"""
ASKED = """\
## What the output says

The last lines of the command say what became of the quantum job. In the srun form the batch shell gets TERM
too and dies of it, and with it srun, before it has brought them. One line keeps both until then; the batch
scripts of [slurm/examples](../slurm/examples) have it:

```sh
trap : TERM
srun direct-access run bell.yaml
```

## Without a batch script

`scancel` of an allocation in whose interactive shell (`salloc` alone) the command runs: Slurm sends it
HUP, and the quantum job is cancelled. To a command of salloc's own (`salloc direct-access run …`) Slurm sends
nothing at all; write `salloc srun direct-access run …`.

## The time limit

A run does not wait for Slurm to end it. Its own deadline comes before the time limit: a minute before it, or
a quarter of the time that the run has where that is less. So a job that is submitted with `sbatch --time=N`,
and whose quantum job takes longer, is seen to end as follows, and never as TIMEOUT:

| `--time=` | waits for | then, `on_time_limit: leave` (default) | `on_time_limit: cancel` |
|---|---|---|---|
| 1 | 45 s | FAILED 124: the quantum job is left, marked | FAILED 3: it is cancelled |
| 2 | 1 min 30 s | the same | the same |
| 10 | 9 min | the same | the same |

The times count from the start of the command. A command that starts with less than 10 s of its Slurm job left
sends nothing and exits 75. The limit itself, and Slurm's TERM, come only to a run whose deadline is another
one (`wait_deadline_secs`) or whose limit an administrator has moved closer; `on_time_limit` counts there.

## How often Slurm is asked

The command asks `squeue` about its own job once when it starts, unless `SLURM_JOB_END_TIME` (from Slurm
23.02 on) tells it when the job ends; once when a signal ends it; and once before its own deadline ends its
waiting, shortly before the time limit. Of the tasks of a step that share a run, its owner alone asks. It
never asks in a loop: many waiting jobs cost slurmctld nothing.
"""


def page() -> str:
    """Return docs/slurm-life-cycle.md."""
    forms = [form.name for form in FORMS]
    events = [
        [
            case.words,
            *(_fate(case.outcome(form)) for form in FORMS),
            f"`{case.end_reason or '-'}`",
            _record(case.states),
        ]
        for case in CASES
    ]
    return "\n".join(
        [
            INTRODUCTION,
            _table(["what happens", *forms, "`end_reason`", "Slurm's record"], events),
            "",
            "## Besides",
            "",
            _table(
                ["what happens", "quantum job", "`end_reason`", "Slurm's record", "`ExitCode`", "`afterok`"],
                [_line(row) for row in OTHERS],
            ),
            "",
            ASKED,
        ]
    )


def _line(row: Row) -> list[str]:
    expected = row.expected
    follows = expected.followers and ("runs" if expected.followers[0] == "COMPLETED" else "does not run")
    return [
        row.words,
        _fate(expected),
        f"`{expected.end_reason or '-'}`",
        _record(expected.states),
        expected.exit_code,
        follows or "",
    ]


def _fate(outcome: Outcome) -> str:
    if outcome.results:
        return "left, then collected" if len(outcome.states) > 1 else "collected"
    if outcome.fate == "Running":
        known = outcome.end_reason is not None or outcome.left_until
        return ("left, marked" if outcome.left_until else "left") if known else "runs on"
    return outcome.fate.lower()


def _record(states: Iterable[str]) -> str:
    return ", then ".join(states)


def _table(head: list[str], lines: list[list[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
