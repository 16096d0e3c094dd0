"""From the classic Qiskit Runtime REST API to the present one.

Finds what was retired in scripts, notebooks and job files, and changes what is certain. Source: IBM's guide
"Migrate to the new Qiskit Runtime REST API", corrected where the OpenAPI description has it otherwise.
"""

from __future__ import annotations

from direct_access.migration.files import Migration, SourcePlace, migrate
from direct_access.migration.text import Remark

__all__ = ["Migration", "Remark", "SourcePlace", "migrate"]
