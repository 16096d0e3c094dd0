"""Documents that clients send."""

from __future__ import annotations

import pytest

from direct_access.simulator.store.documents import parse_complete, parse_delete
from direct_access.simulator.store.errors import StoreError

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def complete(*parts: str) -> bytes:
    return f"<CompleteMultipartUpload>{''.join(parts)}</CompleteMultipartUpload>".encode()


def test_a_delete_names_keys_and_may_be_quiet() -> None:
    document = (
        f'<Delete xmlns="{NAMESPACE}"><Object><Key>a &amp; b</Key></Object><Quiet>true</Quiet></Delete>'
    )
    assert parse_delete(document.encode()) == (["a & b"], True)
    assert parse_delete(b"<Delete><Object><Key>k</Key></Object></Delete>") == (["k"], False)


def test_a_completion_names_parts_with_their_checksums() -> None:
    part = '<Part><PartNumber>3</PartNumber><ETag>"abc"</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part>'
    assert parse_complete(complete(part)) == [(3, "abc", {"crc32": "AAAAAA=="})]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"not xml",
        b"<Delete>",
        b"<Other><Object><Key>k</Key></Object></Other>",
        b"<Delete/>",
        b"<Delete><Object/></Delete>",
        b"<Delete>" + b"<Object><Key>k</Key></Object>" * 1001 + b"</Delete>",
        b'<!DOCTYPE Delete [<!ENTITY k "k">]><Delete><Object><Key>&k;</Key></Object></Delete>',
    ],
)
def test_a_delete_that_names_no_keys_is_malformed(document: bytes) -> None:
    with pytest.raises(StoreError, match="MalformedXML"):
        parse_delete(document)


@pytest.mark.parametrize(
    "part", ["", "<Part><ETag>e</ETag></Part>", "<Part><PartNumber>x</PartNumber></Part>"]
)
def test_a_completion_without_part_numbers_is_malformed(part: str) -> None:
    with pytest.raises(StoreError, match="MalformedXML"):
        parse_complete(complete(part))


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1)])
def test_parts_out_of_order_are_refused(numbers: tuple[int, int]) -> None:
    parts = [f"<Part><PartNumber>{number}</PartNumber><ETag>e</ETag></Part>" for number in numbers]
    with pytest.raises(StoreError, match="InvalidPartOrder"):
        parse_complete(complete(*parts))
