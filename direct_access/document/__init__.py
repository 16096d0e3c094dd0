"""YAML 1.2 documents whose every value knows its line and column, and the schema walk over them."""

from direct_access.document.document import Document, Mark, Path, field_name, refusal, show
from direct_access.document.schema import check
from direct_access.document.source import open_regular, read_regular
from direct_access.document.wording import nearest_name
from direct_access.document.yaml12 import parse, read

__all__ = [
    "Document",
    "Mark",
    "Path",
    "check",
    "field_name",
    "nearest_name",
    "open_regular",
    "parse",
    "read",
    "read_regular",
    "refusal",
    "show",
]
