"""Decoding of results documents, with the standard library only, and their printing."""

from direct_access.results.decoding import decode
from direct_access.results.document import as_json
from direct_access.results.model import PubResult, Register, Results, Values
from direct_access.results.text import as_text

__all__ = ["PubResult", "Register", "Results", "Values", "as_json", "as_text", "decode"]
