"""A software bill of materials: CycloneDX 1.6 (ECMA-424), https://cyclonedx.org/docs/1.6/json/."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from packages.project import epoch

NAME = "slurm-direct-access"


def of_library(library: Path) -> dict[str, Any]:
    """Describe a directory of installed packages."""
    found = [_metadata(path.read_text(encoding="utf-8")) for path in library.glob("*.dist-info/METADATA")]
    return _document([(metadata, None) for metadata in found])


def of_wheels(wheels: Iterable[Path]) -> dict[str, Any]:
    """Describe a directory of wheels, each with its digest."""
    return _document([(_metadata_of_wheel(path), path) for path in wheels])


def write(document: Mapping[str, Any], path: Path) -> None:
    """Write it as a file."""
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _document(found: Iterable[tuple[Message, Path | None]]) -> dict[str, Any]:
    ordered = sorted(found, key=lambda pair: (pair[0]["Name"].lower(), pair[1].name if pair[1] else ""))
    ours = [_component(*pair) for pair in ordered if _normal(pair[0]["Name"]) == NAME]
    others = [_component(*pair) for pair in ordered if _normal(pair[0]["Name"]) != NAME]
    references = [component["bom-ref"] for component in others]
    metadata = {
        "timestamp": datetime.fromtimestamp(epoch(), timezone.utc).isoformat(),
        "component": {**ours[0], "type": "application"},
    }
    content = json.dumps([metadata, others], sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": metadata,
        "components": others,
        "dependencies": [{"ref": ours[0]["bom-ref"], "dependsOn": references}]
        + [{"ref": reference} for reference in references],
    }


def _component(metadata: Message, wheel: Path | None) -> dict[str, Any]:
    name, version = _normal(metadata["Name"]), metadata["Version"]
    purl = f"pkg:pypi/{name}@{version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": f"{purl}#{wheel.name}" if wheel else purl,
        "name": name,
        "version": version,
        "purl": purl,
        "description": metadata["Summary"],
    }
    license_name = metadata["License-Expression"] or metadata["License"]
    if license_name and "\n" not in license_name:
        component["licenses"] = [{"license": {"name": license_name}}]
    if wheel:
        component["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}]
    return component


def _metadata_of_wheel(path: Path) -> Message:
    with ZipFile(path) as archive:
        (name,) = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        return _metadata(archive.read(name).decode())


def _metadata(text: str) -> Message:
    return HeaderParser().parsestr(text)


def _normal(name: str) -> str:
    """Return a name as PyPI compares them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
