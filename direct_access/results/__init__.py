"""Decoding of results documents, with the standard library only, and their printing."""

from direct_access.results.decoding import decode
from direct_access.results.document import as_json
from direct_access.results.layout import Layout
from direct_access.results.model import PubResult, Register, Results, Values
from direct_access.results.names import RowNames
from direct_access.results.selection import Selection
from direct_access.results.sent import names_of
from direct_access.results.text import as_text, text_lines

__all__ = [
    "Layout",
    "PubResult",
    "Register",
    "Results",
    "RowNames",
    "Selection",
    "Values",
    "as_json",
    "as_text",
    "decode",
    "names_of",
    "text_lines",
]
