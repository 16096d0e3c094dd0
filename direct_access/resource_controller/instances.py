"""Instances of the quantum service: list, show, create, update.

Amounts of time are seconds of QPU time. The Resource Controller takes them as text in ``parameters`` and
answers with numbers in ``extensions`` (IBM's page "Qiskit Runtime REST API", on instances).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from direct_access.errors import ConfigurationError, InputError, ProtocolError, UnavailableError
from direct_access.model.instances import Instance, instance_of
from direct_access.rest.answers import cursor_in, objects_of
from direct_access.retry.repeat import Patience
from direct_access.transport.http import Authorizer, HttpClient

if TYPE_CHECKING:
    from ibm_platform_services import ResourceControllerV2

QUANTUM_SERVICE = "b6049020-80f4-11eb-a0f7-e35ec9b4054f"
"""``resource_id`` of the quantum service in IBM Cloud's catalogue."""
PAGE = 100
MAX_NAME_LENGTH = 180


class Unchanged(enum.Enum):
    """Stands for a parameter that is not to be sent; None is a value of its own: no limit."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED
Seconds = int | None | Unchanged


class Instances:
    """The instances that an API key may see; calls raise :class:`direct_access.errors.DirectAccessError`."""

    def __init__(self, http: HttpClient, authorizer: Authorizer, *, url: str, patience: Patience) -> None:
        """:param url: of the Resource Controller, above ``/v2``"""
        self._made_of = http, authorizer, url, patience

    @cached_property
    def _controller(self) -> ResourceControllerV2:
        """IBM's SDK, which takes as long to load as most commands in all."""
        return _controller(*self._made_of)

    def list(self) -> Sequence[Instance]:
        """Return all instances of the quantum service, by name."""
        found: list[Instance] = []
        start: str | None = None
        asked: set[str | None] = set()
        while start not in asked:
            asked.add(start)
            answer = self._controller.list_resource_instances(
                resource_id=QUANTUM_SERVICE, limit=PAGE, start=start
            )
            document = _document(answer)
            found += map(instance_of, objects_of(document, "resources"))
            start = cursor_in(document.get("next_url"), "start")
        return sorted(found, key=lambda one: (one.name, one.guid))

    def show(self, instance: str) -> Instance:
        """Return one instance, by its GUID, CRN or name.

        :raises NotFoundError: if there is none
        :raises InputError: if several have this name
        """
        return instance_of(_document(self._controller.get_resource_instance(self._id_of(instance))))

    def create(
        self,
        name: str,
        *,
        region: str,
        resource_group: str,
        plan: str,
        limit_secs: Seconds = UNCHANGED,
        allocation_secs: Seconds = UNCHANGED,
        backends: Sequence[str] | None = None,
        tags: Sequence[str] = (),
    ) -> Instance:
        """Create an instance. A lost answer leaves open whether it exists: the request is not repeated.

        :param region: ``us-east``, ``eu-de``, …
        :param resource_group: id of the resource group
        :param plan: id of the plan in IBM Cloud's catalogue
        :param limit_secs: most QPU time that it may use, None for none; an Open plan has 600 by default
        :param allocation_secs: QPU time for the fair-share scheduler; not for pay-as-you-go plans
        :param backends: names that it may use; ``["ANY"]`` (the default) for all of the plan, ``[]`` for none
        :raises InputError: if the service does not accept a value
        """
        if not 0 < len(name) <= MAX_NAME_LENGTH:
            raise InputError(f"the name of an instance has 1 to {MAX_NAME_LENGTH} characters", subject=name)
        parameters = parameters_of(limit_secs, allocation_secs, backends)
        try:
            answer = self._controller.create_resource_instance(
                name,
                region,
                resource_group,
                plan,
                tags=list(tags) or None,
                parameters=parameters or None,
            )
        except UnavailableError as error:
            error.subject = name
            error.advice = (
                "it may exist nevertheless: direct-access instance list shows it before you try again"
            )
            raise
        return instance_of(_document(answer))

    def update(
        self,
        instance: str,
        *,
        name: str | None = None,
        plan: str | None = None,
        limit_secs: Seconds = UNCHANGED,
        allocation_secs: Seconds = UNCHANGED,
        backends: Sequence[str] | None = None,
    ) -> Instance:
        """Change an instance, by its GUID, CRN or name; what is not given stays as it is.

        :raises ConflictError: if its usage exceeds the new limit
        """
        answer = self._controller.update_resource_instance(
            self._id_of(instance),
            name=name,
            resource_plan_id=plan,
            parameters=parameters_of(limit_secs, allocation_secs, backends) or None,
        )
        return instance_of(_document(answer))

    def _id_of(self, instance: str) -> str:
        if instance.startswith("crn:") or re.fullmatch(
            r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", instance
        ):
            return instance
        named = [one for one in self.list() if one.name == instance]
        if len(named) == 1:
            return named[0].guid
        if named:
            raise InputError(
                f"{len(named)} instances are named {instance!r}",
                subject=instance,
                advice="name one by its GUID: " + ", ".join(one.guid for one in named),
            )
        return instance


def parameters_of(
    limit_secs: Seconds, allocation_secs: Seconds, backends: Sequence[str] | None
) -> Mapping[str, Any]:
    """Return the ``parameters`` of a request: amounts of time as text, None as null.

    :raises InputError: if an amount is negative, or ``ANY`` is named beside other backends
    """
    parameters: dict[str, Any] = {}
    for name, value in (
        ("instance_limit_seconds", limit_secs),
        ("usage_allocation_seconds", allocation_secs),
    ):
        if isinstance(value, Unchanged):
            continue
        if value is not None and value < 0:
            raise InputError(f"{name} is {value}; allowed: a whole number of seconds from 0 on, or none")
        parameters[name] = None if value is None else str(value)
    if backends is not None:
        if "ANY" in backends and len(backends) > 1:
            raise InputError("ANY stands for all backends: name it alone")
        parameters["backends"] = list(backends)
    return parameters


def _controller(
    http: HttpClient, authorizer: Authorizer, url: str, patience: Patience
) -> ResourceControllerV2:
    try:
        from ibm_cloud_sdk_core.authenticators import NoAuthAuthenticator
        from ibm_platform_services import ResourceControllerV2
    except ImportError as error:
        raise ConfigurationError(
            f"managing instances needs a package that is missing: {error.name}",
            advice="pip install 'slurm-direct-access[cloud]'",
        ) from error
    from direct_access.resource_controller.adapter import session

    controller = ResourceControllerV2(authenticator=NoAuthAuthenticator())
    controller.set_service_url(url)
    controller.set_http_client(session(http, authorizer, patience))
    controller.set_http_config({"allow_redirects": False})
    return controller


def _document(answer: Any) -> Mapping[str, Any]:
    result = answer.get_result()
    if not isinstance(result, dict):
        raise ProtocolError("the Resource Controller answered with what is not an instance")
    return result
