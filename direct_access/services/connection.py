"""What reaches the servers of one system."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from direct_access.clock import Clock
from direct_access.config.settings import System
from direct_access.light_dataclass import dataclass

if TYPE_CHECKING:
    from direct_access.retry.deadline import Deadline
    from direct_access.retry.notice import WaitNotice
    from direct_access.retry.repeat import Patience
    from direct_access.transport.http import Authorizer, HttpClient


@dataclass(frozen=True)
class Connection:
    """What the clients of one system's servers are made of.

    :param authorizer: of the API, and of stores that take IAM tokens
    :param patience: how long a request may be tried again
    """

    system: System
    http: HttpClient
    authorizer: Authorizer
    patience: Patience

    def close(self) -> None:
        """Close the connections."""
        self.http.close()


def connect(
    system: System,
    *,
    clock: Clock,
    stop: threading.Event,
    notify: Callable[[WaitNotice], None],
    deadline: Deadline | None = None,
) -> Connection:
    """Return what reaches a system with the API key of its configuration; no request is made here.

    :param stop: set it to end every wait at once
    :param notify: called about every wait
    :param deadline: no request is repeated after it, or goes on; None without bound
    """
    from direct_access.retry.deadline import no_deadline
    from direct_access.retry.repeat import Patience
    from direct_access.services.api_key_authorizer import ApiKeyAuthorizer
    from direct_access.transport.http import HttpClient

    deadline = deadline or no_deadline
    http = HttpClient(system.network, clock, deadline=deadline)
    authorizer = ApiKeyAuthorizer(http, system.iam_url, system.api_key, clock, deadline)
    return Connection(system, http, authorizer, Patience(clock, stop, deadline, notify))
