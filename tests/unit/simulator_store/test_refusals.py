"""What this store does not do is said, and never taken for something else."""

from __future__ import annotations

import pytest
import urllib3

from tests.unit.simulator_store.conftest import BUCKET, Running

OBJECT = f"/{BUCKET}/key"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PUT", f"{OBJECT}?tagging"),
        ("PUT", f"{OBJECT}?acl"),
        ("PUT", f"{OBJECT}?partNumber=1"),
        ("GET", f"{OBJECT}?versionId=1"),
        ("GET", f"{OBJECT}?uploads"),
        ("DELETE", f"/{BUCKET}?lifecycle"),
        ("PUT", f"/{BUCKET}?versioning"),
        ("GET", f"/{BUCKET}?continuation-token=a"),
        ("GET", f"/{BUCKET}?list-type=3"),
        ("GET", f"/{BUCKET}?list-type=2&unknown=1"),
        ("POST", f"/{BUCKET}?uploads"),
    ],
)
def test_an_unknown_parameter_is_501_and_changes_nothing(running: Running, method: str, target: str) -> None:
    running.send("PUT", OBJECT, b"untouched")
    answer = running.send(method, target, b"content")
    assert (answer.status, b"<Code>NotImplemented</Code>" in answer.data) == (501, True)
    assert running.send("GET", OBJECT).data == b"untouched"


@pytest.mark.parametrize(
    "header",
    [
        "x-amz-copy-source-if-modified-since",
        "x-amz-acl",
        "x-amz-server-side-encryption",
        "x-amz-tagging",
        "If-Match",
    ],
)
def test_an_unknown_header_is_501_and_writes_nothing(running: Running, header: str) -> None:
    assert running.send("PUT", OBJECT, b"content", **{header: "x"}).status == 501
    assert running.send("GET", OBJECT).status == 404


def test_a_checksum_that_cannot_be_verified_is_501(running: Running) -> None:
    answer = running.send("PUT", OBJECT, b"content", x_amz_checksum_crc64nvme="AAAAAAAAAAA=")
    assert answer.status == 501
    assert b"CRC64NVME" in answer.data.upper()


@pytest.mark.parametrize(
    ("method", "target"), [("POST", "/"), ("POST", OBJECT), ("PATCH", OBJECT), ("DELETE", "/")]
)
def test_an_unknown_method_is_405(running: Running, method: str, target: str) -> None:
    answer = running.send(method, target)
    assert (answer.status, b"<Code>MethodNotAllowed</Code>" in answer.data) == (405, True)


@pytest.mark.parametrize("key", ["a%00b", "%ff%fe"])
def test_a_key_that_is_no_text_is_refused(running: Running, key: str) -> None:
    answer = running.send("PUT", f"/{BUCKET}/{key}")
    assert (answer.status, b"<Code>InvalidURI</Code>" in answer.data) == (400, True)


@pytest.mark.parametrize("name", ["ab", "UPPER", "under_score", "-dash", "a" * 64, "a..b"])
def test_a_bucket_needs_a_name_that_dns_takes(running: Running, name: str) -> None:
    answer = running.send("PUT", f"/{name}")
    assert (answer.status, b"<Code>InvalidBucketName</Code>" in answer.data) == (400, True)


def test_too_much_user_metadata_is_refused(running: Running) -> None:
    assert running.send("PUT", OBJECT, x_amz_meta_a="x" * 2047).status == 200
    assert running.send("PUT", OBJECT, x_amz_meta_a="x" * 2048).status == 400


def test_an_object_of_more_than_5_gib_is_refused_before_its_body(running: Running) -> None:
    headers = {
        "Content_Encoding": "aws-chunked",
        "x_amz_content_sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x_amz_decoded_content_length": str((5 << 30) + 1),
    }
    answer = running.send("PUT", OBJECT, b"0\r\n\r\n", **headers)
    assert (answer.status, b"<Code>EntityTooLarge</Code>" in answer.data) == (400, True)


def code_of(answer: urllib3.BaseHTTPResponse) -> str:
    return answer.data.split(b"<Code>")[1].split(b"<")[0].decode()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("list-type=2&max-keys=many", "InvalidArgument"),
        (f"max-keys={'9' * 5000}", "InvalidArgument"),
        ("list-type=2&continuation-token=!", "InvalidArgument"),
        ("list-type=2&encoding-type=base64", "InvalidArgument"),
        ("X-Amz-Signature=0", "InvalidArgument"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(running: Running, query: str, code: str) -> None:
    assert code_of(running.send("GET", f"/{BUCKET}?{query}")) == code


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Content-MD5", "not base64!", "InvalidDigest"),
        ("Content-MD5", "YWJj", "InvalidDigest"),
        ("Content-MD5", "\xff", "InvalidDigest"),
        ("x-amz-checksum-crc32", "\xff", "BadDigest"),
        ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "InvalidArgument"),
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "InvalidRequest"),
        ("x-amz-content-sha256", "ab" * 32, "XAmzContentSHA256Mismatch"),
    ],
)
def test_a_body_that_is_announced_wrong_is_refused(
    running: Running, header: str, value: str, code: str
) -> None:
    assert code_of(running.send("PUT", OBJECT, b"content", **{header: value})) == code
    assert running.send("GET", OBJECT).status == 404


def test_an_aws_chunked_body_of_another_length_is_refused(running: Running) -> None:
    headers = {"Content_Encoding": "aws-chunked", "x_amz_decoded_content_length": "8"}
    answer = running.send("PUT", OBJECT, b"7\r\ncontent\r\n0\r\n\r\n", **headers)
    assert code_of(answer) == "IncompleteBody"


@pytest.mark.parametrize("number", ["0", "10001", "one", "-1"])
def test_a_part_needs_a_number_from_1_to_10000(running: Running, number: str) -> None:
    upload_id = begin_upload(running)
    answer = running.send("PUT", f"{OBJECT}?uploadId={upload_id}&partNumber={number}", b"content")
    assert code_of(answer) == "InvalidArgument"


def test_an_upload_belongs_to_its_key(running: Running) -> None:
    upload_id = begin_upload(running)
    answer = running.send("PUT", f"{OBJECT}2?uploadId={upload_id}&partNumber=1", b"content")
    assert code_of(answer) == "NoSuchUpload"


def test_an_upload_id_is_no_path(running: Running) -> None:
    answer = running.send("PUT", f"{OBJECT}?uploadId=..%2f..&partNumber=1", b"content")
    assert code_of(answer) == "NoSuchUpload"


def test_a_part_that_was_never_sent_is_refused(running: Running) -> None:
    upload_id = begin_upload(running)
    part = "<Part><PartNumber>1</PartNumber><ETag>abc</ETag></Part>"
    document = f"<CompleteMultipartUpload>{part}</CompleteMultipartUpload>".encode()
    assert code_of(running.send("POST", f"{OBJECT}?uploadId={upload_id}", document)) == "InvalidPart"


def test_a_checksum_over_all_parts_is_not_offered(running: Running) -> None:
    headers = {"x_amz_checksum_algorithm": "CRC32", "x_amz_checksum_type": "FULL_OBJECT"}
    assert running.send("POST", f"{OBJECT}?uploads", b"", **headers).status == 501


def begin_upload(running: Running) -> str:
    answer = running.send("POST", f"{OBJECT}?uploads")
    return str(answer.data.split(b"<UploadId>")[1].split(b"<")[0].decode())


def test_a_document_without_end_is_refused(running: Running) -> None:
    answer = running.send("POST", f"/{BUCKET}?delete", b"<Delete>" + b" " * (5 << 20))
    assert code_of(answer) == "MaxMessageLengthExceeded"


@pytest.mark.parametrize(
    "document",
    [
        b'<?xml version="1.0" encoding="unknown"?><Delete/>',
        b"<Delete>" * 3000,
        b"<CompleteMultipartUpload/>",
    ],
)
def test_a_document_that_cannot_be_read_is_malformed(running: Running, document: bytes) -> None:
    assert code_of(running.send("POST", f"/{BUCKET}?delete", document)) == "MalformedXML"


@pytest.mark.parametrize("number", ["9" * 5000, "x", ""])
def test_a_part_whose_number_is_none_is_malformed(running: Running, number: str) -> None:
    part = f"<Part><PartNumber>{number}</PartNumber><ETag>abc</ETag></Part>"
    document = f"<CompleteMultipartUpload>{part}</CompleteMultipartUpload>".encode()
    upload = f"{OBJECT}?uploadId={begin_upload(running)}"
    assert code_of(running.send("POST", upload, document)) == "MalformedXML"


@pytest.mark.parametrize("text", [f"bytes={'9' * 5000}-", f"bytes=-{'9' * 5000}"])
def test_a_range_beyond_all_numbers_is_ignored(running: Running, text: str) -> None:
    running.send("PUT", OBJECT, b"content")
    assert running.send("GET", OBJECT, Range=text).data == b"content"


def test_a_damaged_object_is_an_error_until_it_is_replaced(running: Running) -> None:
    running.send("PUT", OBJECT, b"content")
    found = running.store.read(BUCKET, "key")
    assert found
    found[0].write_bytes(b"conte")
    assert code_of(running.send("GET", OBJECT)) == "InternalError"
    assert running.send("PUT", OBJECT, b"again").status == 200
    assert running.send("GET", OBJECT).data == b"again"


def test_a_refusal_names_its_resource_and_request(running: Running) -> None:
    answer = running.send("GET", OBJECT)
    assert f"<Resource>{OBJECT}</Resource>".encode() in answer.data
    request_id = answer.headers["x-amz-request-id"]
    assert f"<RequestId>{request_id}</RequestId>".encode() in answer.data
    assert answer.headers["X-Clv-Request-Id"] == request_id
