import pytest
from urllib3 import HTTPHeaderDict

from direct_access.model.checksum import Checksum
from direct_access.storage.checksums import checksum_of

MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def checksum(**headers):
    return checksum_of(HTTPHeaderDict({name.replace("_", "-"): value for name, value in headers.items()}))


@pytest.mark.parametrize("etag", [f'"{MD5}"', MD5])
def test_the_etag_of_an_object_uploaded_in_one_piece_is_its_md5(etag):
    assert checksum(ETag=etag) == Checksum("md5", MD5)


@pytest.mark.parametrize("etag", [f'"{MD5}-7"', f'W/"{MD5}"', '"abc"', "", f'"{MD5.upper()}"'])
def test_any_other_etag_is_no_digest(etag):
    assert checksum(ETag=etag) is None


@pytest.mark.parametrize(
    "encryption",
    [
        {"x_amz_server_side_encryption": "aws:kms"},
        {"x_amz_server_side_encryption": "aws:kms:dsse"},
        {"x_amz_server_side_encryption_customer_algorithm": "AES256"},
        {"ibm_sse_kp_enabled": "True"},
    ],
)
def test_the_etag_of_an_object_under_a_key_of_its_own_is_no_digest(encryption):
    assert checksum(ETag=MD5, **encryption) is None


def test_the_stores_own_encryption_leaves_the_etag_a_digest():
    assert checksum(ETag=MD5, x_amz_server_side_encryption="AES256") == Checksum("md5", MD5)


def test_a_crc32_is_read_where_the_etag_is_no_digest():
    headers = {"ETag": f'"{MD5}-2"', "x_amz_checksum_crc32": "y/Q5Jg=="}
    assert checksum(**headers) == Checksum("crc32", "cbf43926")


@pytest.mark.parametrize(
    "headers",
    [
        {"x_amz_checksum_crc32": "y/Q5Jg==-2"},
        {"x_amz_checksum_crc32": "y/Q5"},
        {"x_amz_checksum_crc32": "y/Q5Jg==", "x_amz_checksum_type": "COMPOSITE"},
    ],
)
def test_a_checksum_of_the_parts_checksums_is_no_digest_of_the_object(headers):
    assert checksum(**headers) is None
