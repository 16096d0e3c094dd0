"""Whether a file can be a results document, in constant memory for large ones.

A full parse of 60 MB of JSON takes about 2 s and 800 MB, one of 10 MB 130 MB. Documents above 1 MiB whose
length or digest is verified (see :mod:`direct_access.runner.download`) are therefore judged by their
beginning and their last byte. Where neither is, the brackets are counted: a JSON object ends with the bracket
that closes it, so that no part from its start is one too.
"""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO

PARSE_BYTES = 1 << 20
_MARGIN = 256
_PROGRAMS = ("sampler", "estimator")
_NO_RESULTS = ("error", "errors")
_FIRST_NAME = re.compile(rb'\s*\{\s*(?:"([^"\\]*)"\s*:)?')
_BRACKET = re.compile(rb"[\[\]{}\"]")
_END_OF_TEXT = re.compile(rb'["\\]')


def fault_of_results(file: BinaryIO, program_id: str, *, is_verified: bool) -> str | None:
    """Return what is wrong with a results document, None if nothing is seen.

    :param file: at its start
    :param is_verified: whether its length or digest is known to be right
    """
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        return "it is empty"
    if size <= PARSE_BYTES:
        return _fault_of_small(file.read(), program_id)
    first = file.read(_MARGIN)
    file.seek(-_MARGIN, 2)
    last = file.read().rstrip()[-1:]
    file.seek(0)
    begins = _FIRST_NAME.match(first)
    if begins is None or last != b"}":
        return "it is not a complete JSON object: it does not start with { and end with }"
    if not is_verified and not _is_whole(file):
        return "it is not a complete JSON object: it ends before its last bracket"
    if begins[1] is not None and begins[1].decode(errors="replace") in _NO_RESULTS:
        return f"it holds no results, but {begins[1].decode(errors='replace')}"
    return None


def _fault_of_small(content: bytes, program_id: str) -> str | None:
    try:
        document = json.loads(content, parse_int=float)  # int() has a limit of digits
    except ValueError as error:
        return f"it is not valid JSON: {error}"
    except RecursionError:
        return "it is not readable JSON: nested too deeply"
    return _fault_of_document(document, program_id)


def _fault_of_document(document: Any, program_id: str) -> str | None:
    """Return what is wrong with a document by its members: of other programs, only that it is an error."""
    if not isinstance(document, dict):
        return "it is not a JSON object"
    is_known = isinstance(document.get("results"), list) or "__value__" in document
    if is_known or (program_id not in _PROGRAMS and document and not document.keys() & set(_NO_RESULTS)):
        return None
    told = ", ".join(sorted(document))[:_MARGIN]
    return f"it holds no results, but {told or 'nothing'}"


def _is_whole(file: BinaryIO) -> bool:
    """Whether the brackets of a JSON document close with its end, and not before."""
    depth, in_text, escaped, ended = 0, False, False, False
    while block := file.read(PARSE_BYTES):
        position = int(escaped)  # what a backslash at the end of the last block escapes
        escaped = False
        while found := (_END_OF_TEXT if in_text else _BRACKET).search(block, position):
            position = found.end()
            if ended:
                return False
            byte = found[0]
            if byte == b'"':
                in_text = not in_text
            elif byte == b"\\":
                escaped = position == len(block)
                position += 1
            else:
                depth += 1 if byte in b"[{" else -1
                ended = depth == 0
    return ended
