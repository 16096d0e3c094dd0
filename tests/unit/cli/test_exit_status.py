from __future__ import annotations

import signal

import pytest

from direct_access import errors
from direct_access.cli.exit_status import TABLE, exit_status
from direct_access.errors import DirectAccessError, SignalError

MEANT = {
    errors.UsageError: 2,
    errors.JobCancelledError: 3,
    errors.JobFailedError: 4,
    errors.InputError: 65,
    errors.NotFoundError: 65,
    errors.ConflictError: 65,
    errors.UnavailableError: 69,
    errors.InternalError: 70,
    errors.OutputError: 73,
    errors.StoreError: 74,
    errors.LocalStorageError: 74,
    errors.TryAgainError: 75,
    errors.ProtocolError: 76,
    errors.JobVanishedError: 76,
    errors.AccessError: 77,
    errors.ConfigurationError: 78,
    errors.WaitEndedError: 124,
}


@pytest.mark.parametrize(("kind", "status"), MEANT.items(), ids=lambda value: getattr(value, "kind", value))
def test_every_kind_of_error_has_its_exit_status(kind: type[DirectAccessError], status: int) -> None:
    assert exit_status(kind("what failed")) == status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_with_128_and_its_number(number: signal.Signals) -> None:
    assert exit_status(SignalError("ended", signal_number=int(number))) == 128 + number


def test_rows_are_in_order_and_each_says_what_it_means() -> None:
    assert [row.status for row in TABLE] == sorted({row.status for row in TABLE})
    assert all(row.meaning for row in TABLE)


def test_no_error_of_ours_ends_with_1() -> None:
    assert [row.kinds for row in TABLE if row.status == 1] == [()]
