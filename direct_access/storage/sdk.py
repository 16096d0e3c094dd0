"""Clients of the SDKs for S3: boto3, and ibm-cos-sdk, which is a fork of it with IAM tokens.

They make, sign and presign requests and read answers. They read neither files of a home directory nor the
environment, and they send nothing themselves: a handler of the event ``before-send``, which may answer a
request (https://docs.aws.amazon.com/botocore/latest/topics/events.html), passes each one to our own HTTP
client. So deadlines, proxies, TLS, events and errors are the same for the store as for everything else.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from direct_access.clock import Clock
from direct_access.errors import ConfigurationError, StoreError
from direct_access.storage.sdk_modules import Sdk, SdkModules
from direct_access.storage.signing import SIGNATURE, register_signers
from direct_access.transport.third_party_logs import watch

if TYPE_CHECKING:  # it loads urllib3
    from direct_access.transport.http import Authorizer, HttpClient, HttpResponse

_OURS_TO_SET = frozenset({"content-length", "expect", "user-agent"})
_DATA = Path(__file__).parent / "sdk_data"
_lock = threading.Lock()


class Refused(Exception):
    """The store did not do what it was asked for."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(f"HTTP {response.status}")
        self.response = response


class S3Client:
    """A client of one endpoint; safe to use from several threads.

    :param http: sends what the SDK has made
    :param credentials: parameters of the SDK's ``client`` that say who asks
    :param authorizer: of requests with a token: renews it after a 401
    :param signature: ``s3v4`` with an HMAC key, ``oauth`` with a token
    :param addressing_style: ``path`` or ``virtual``: where a URL has the bucket
    :param clock: gives the time of signatures
    """

    def __init__(
        self,
        sdk: Sdk,
        http: HttpClient,
        clock: Clock,
        *,
        endpoint_url: str,
        region: str,
        addressing_style: str,
        signature: str,
        credentials: Mapping[str, Any],
        authorizer: Authorizer | None = None,
    ) -> None:
        with _lock:  # the SDKs make one client at a time
            modules, session = _session(sdk, os.getpid())
            self._client = session.client(
                "s3",
                endpoint_url=endpoint_url,
                region_name=region,
                verify=True,
                config=_config(modules, signature, addressing_style),
                **credentials,
            )
        events = self._client.meta.events
        events.register("before-send.s3", _answering(modules, http, authorizer))
        if signature != "oauth":
            events.register("choose-signer.s3", lambda **_: SIGNATURE)
            events.register("before-sign.s3", lambda request, **_: request.context.update(our_clock=clock))
        self._exceptions = modules.exceptions

    def call(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """Return the answer to one request.

        :param operation: a method of the SDK's client, such as ``head_object``
        :raises Refused: if the store refuses
        :raises StoreError: if its answer cannot be read
        :raises ConfigurationError: if it cannot be asked so: the name of the bucket is not valid, say
        :raises DirectAccessError: as :meth:`direct_access.transport.http.HttpClient.request` does
        """
        try:
            answer: Mapping[str, Any] = getattr(self._client, operation)(**parameters)
        except self._exceptions.ParamValidationError as error:
            raise ConfigurationError(
                f"the store cannot be asked so: {error}", subject=parameters.get("Bucket")
            ) from error
        except (self._exceptions.BotoCoreError, self._exceptions.ClientError) as error:
            raise StoreError(
                f"the store's answer cannot be read ({type(error).__name__})", subject=parameters.get("Key")
            ) from error
        return answer

    def presigned_url(self, operation: str, expires_secs: int, **parameters: Any) -> str:
        """Return a URL that permits a request: a secret. It covers method, host, path, expiry and parameters.

        :raises ConfigurationError: if there cannot be such a request
        """
        try:
            return str(
                self._client.generate_presigned_url(operation, Params=parameters, ExpiresIn=expires_secs)
            )
        except self._exceptions.ParamValidationError as error:
            raise ConfigurationError(
                f"no URL can be presigned: {error}", subject=parameters.get("Bucket")
            ) from error


@lru_cache(maxsize=4)
def _session(sdk: Sdk, _pid: int) -> tuple[SdkModules, Any]:
    """Return the SDK and its one session of this process, which holds the models once they are read."""
    modules = sdk()
    register_signers(modules.auth)

    class Session(modules.session.Session):  # type: ignore[misc, name-defined]
        def register(self, event_name: str, handler: Any, *args: Any, **kwargs: Any) -> None:
            """Leave out the methods for transfers of files, which load s3transfer: 25 ms for nothing."""
            if event_name != "creating-client-class.s3":
                super().register(event_name, handler, *args, **kwargs)

    session = Session(session_vars=dict(_without_sources(Session.SESSION_VARIABLES)))
    session.register_component("data_loader", _loader(modules))
    config = session.get_component("config_store")
    for section in ("s3", "proxies_config"):
        config.set_config_provider(section, modules.configprovider.ConstantProvider(None))
    made = modules.boto.Session(botocore_session=session)
    for module in modules:
        watch(module.__name__.partition(".")[0])
    return modules, made


def _without_sources(variables: Mapping[str, tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the session's variables with their defaults, and neither a variable nor an entry in a file."""
    for name, (_entry, _environment, default, convert) in variables.items():
        is_file = name in ("config_file", "credentials_file")
        yield name, (None, None, os.devnull if is_file else default, convert)


def _loader(modules: SdkModules) -> Any:
    """Return what reads the models: the package's own, but for its list of endpoints: we give a URL."""

    class Loader(modules.loaders.Loader):  # type: ignore[misc, name-defined]
        def list_available_services(self, type_name: str) -> list[str]:
            """Return the one that is used: to list all of them takes 2,700 looks at the file system."""
            return ["s3"]

    paths = [str(_DATA), Loader.BUILTIN_DATA_PATH]
    return Loader(extra_search_paths=paths, include_default_search_paths=False)


def _config(modules: SdkModules, signature: str, addressing_style: str) -> Any:
    return modules.config.Config(
        signature_version=signature,
        s3={"addressing_style": addressing_style, "us_east_1_regional_endpoint": "regional"},
        proxies={},
        retries={"total_max_attempts": 1, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


def _answering(modules: SdkModules, http: HttpClient, authorizer: Authorizer | None) -> Callable[..., Any]:
    """Return the handler that has our own HTTP client send what the SDK has made."""

    def answer(request: Any, **_: Any) -> Any:
        headers = {
            name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
            if name.lower() not in _OURS_TO_SET
        }
        response = http.request(
            request.method, request.url, headers=headers, body=_body(request), authorizer=authorizer
        )
        if not 200 <= response.status < 300 or response.data[:512].find(b"<Error>") >= 0:
            raise Refused(response)  # S3 may report an error with 200: CompleteMultipartUpload
        return modules.awsrequest.AWSResponse(
            request.url, response.status, response.headers, _Raw(response.data)
        )

    return answer


def _body(request: Any) -> bytes | None:
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if body else (b"" if request.method in ("PUT", "POST") else None)


class _Raw:
    """A body that was read, as the SDKs take one."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """Yield the body."""
        yield self._data
