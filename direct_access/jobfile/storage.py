"""The job file's ``storage``: what its schema cannot say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from direct_access.document import show
from direct_access.jobfile.report import JobFileReport
from direct_access.model.crn import parse_bucket_crn
from direct_access.model.storage import ROLES

_REGION = re.compile(r"[a-zA-Z-]+")
_ONLY_OF = {
    "ibmcloud_cos": ("bucket_crn", "region_type"),
    "s3_compatible": ("bucket", "endpoint_url", "service_endpoint_url"),
}


def check(
    report: JobFileReport, storage: Mapping[str, Any], job_id: str | None, *, external_input: bool
) -> None:
    """Report CRNs that were cut, keys of the other type, and names that all jobs would share.

    :param job_id: the ``id`` of the job file
    :param external_input: the input object exists already and is only read, so that its name may be anything
    """
    _check_block(report, storage, ("storage",), storage.get("type"))
    for role in ROLES:
        if (block := storage.get(role)) is not None:
            path = ("storage", role)
            _check_block(report, block, path, block.get("type", storage.get("type")))
            if "object_name" in block and not (external_input and role == "input"):
                _check_name(report, block["object_name"], (*path, "object_name"), job_id)


def _check_block(
    report: JobFileReport, block: Mapping[str, Any], path: tuple[str, ...], kind: str | None
) -> None:
    if kind is not None:
        for other, names in _ONLY_OF.items():
            for name in names if other != kind else ():
                if name in block:
                    report.error((*path, name), f"belongs to type: {other}, and the type is {kind}")
    if "bucket_crn" in block:
        try:
            parse_bucket_crn(block["bucket_crn"])
        except ValueError as error:
            report.error((*path, "bucket_crn"), str(error))
    if "region" in block and kind != "s3_compatible" and not _REGION.fullmatch(block["region"]):
        report.warning(
            (*path, "region"),
            f"{show(block['region'])} has other characters than letters and -, which the service may refuse",
        )


def _check_name(report: JobFileReport, name: str, path: tuple[str, ...], job_id: str | None) -> None:
    if "{id}" in name or (job_id is not None and job_id in name):
        return
    wanted = "a name with {id} in it" if job_id is None else f"a name with {{id}} or {job_id} in it"
    report.error(path, f"{show(name)} would be the same object for every job", wanted)
