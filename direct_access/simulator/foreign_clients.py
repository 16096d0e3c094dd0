"""What clients by others need to reach a simulator: files of mode 0600, and the line that points at them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

from direct_access.simulator.client_configuration import Access
from direct_access.simulator.secret_files import write_private


def for_qrmi(access: Access, directory: Path) -> str:
    """Return the line that makes a shell read QRMI's variables: QRMI takes its secrets from them alone.

    The resource is the default backend, of type ``ibm-quantum-system``
    (https://github.com/qiskit-community/qrmi).
    """
    name = access.default_backend
    own = {
        "QRMI_IBM_QS_ENDPOINT": access.api_url,
        "QRMI_IBM_QS_IAM_ENDPOINT": access.iam_url,
        "QRMI_IBM_QS_IAM_APIKEY": access.api_key,
        "QRMI_IBM_QS_SERVICE_CRN": access.service_crn,
        "QRMI_IBM_QS_AWS_ACCESS_KEY_ID": access.access_key_id,
        "QRMI_IBM_QS_AWS_SECRET_ACCESS_KEY": access.secret_access_key,
        "QRMI_IBM_QS_S3_ENDPOINT": access.store_url,
        "QRMI_IBM_QS_S3_BUCKET": access.bucket,
        "QRMI_IBM_QS_S3_REGION": access.region,
        "QRMI_JOB_TIMEOUT_SECONDS": "600",
    }
    variables = {
        "QRMI_JOB_QPU_RESOURCES": name,
        "QRMI_JOB_QPU_TYPES": "ibm-quantum-system",
        **{f"{name}_{variable}": value for variable, value in own.items()},
    }
    path = write_private(directory / "qrmi.sh", "".join(map(_export, variables.items())))
    return f". {shlex.quote(str(path.absolute()))}\n"


def for_boto3(access: Access, directory: Path) -> str:
    """Return the lines that point boto3 at the store; its secret is in a file of credentials.

    The variables are those of https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
    """
    path = write_private(
        directory / "aws_credentials",
        "[default]\n"
        f"aws_access_key_id = {access.access_key_id}\n"
        f"aws_secret_access_key = {access.secret_access_key}\n",
    )
    variables = {
        "AWS_SHARED_CREDENTIALS_FILE": str(path.absolute()),
        "AWS_ENDPOINT_URL_S3": access.store_url,
        "AWS_DEFAULT_REGION": access.region,
    }
    return "".join(map(_export, variables.items()))


def for_qiskit_ibm_runtime(access: Access, directory: Path) -> str:
    """Return the line that makes a shell read the variables of qiskit-ibm-runtime, the API key among them.

    It asks a URL as it is, and not the host in the region of the CRN, if the URL has ``experimental`` in it;
    versions before 0.49 do not: they ask IBM's host and give up after five minutes.
    """
    variables = {
        "QISKIT_IBM_CHANNEL": "ibm_quantum_platform",
        "QISKIT_IBM_TOKEN": access.api_key,
        "QISKIT_IBM_URL": access.experimental_cloud_url + "/v1",
        "QISKIT_IBM_INSTANCE": access.cloud_crn,
        "IAM_URL": access.iam_url,
        "GLOBAL_SEARCH_URL": access.global_search_url,
        "GLOBAL_CATALOG_URL": access.global_catalog_url,
        "RESOURCE_CONTROLLER_URL": access.resource_controller_url,
    }
    if access.authority:
        variables["REQUESTS_CA_BUNDLE"] = str(access.authority)
    path = write_private(directory / "qiskit_ibm_runtime.sh", "".join(map(_export, variables.items())))
    return f". {shlex.quote(str(path.absolute()))}\n"


FOREIGN_CLIENTS: Mapping[str, Callable[[Access, Path], str]] = {
    "qrmi": for_qrmi,
    "boto3": for_boto3,
    "qiskit-ibm-runtime": for_qiskit_ibm_runtime,
}

NEEDED: Mapping[str, str] = {
    "qiskit-ibm-runtime": (
        "qiskit-ibm-runtime 0.49 or newer is needed: older ones ask IBM's host for five minutes."
    ),
}
"""What people should know who use one of these clients."""


def _export(variable: tuple[str, str]) -> str:
    name, value = variable
    return f"export {name}={shlex.quote(value)}\n"
