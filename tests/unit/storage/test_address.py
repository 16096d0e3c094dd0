import pytest

from direct_access.errors import InputError
from direct_access.storage.address import BucketAddress

ADDRESS = BucketAddress("bkt", "http://127.0.0.1:9000/", "https://s3.lab.example")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("params:1", "params%3A1"),
        ("a/b/c", "a/b/c"),
        ("a b+c&d=é/%41.txt", "a%20b%2Bc%26d%3D%C3%A9/%2541.txt"),
        ("dir//double", "dir//double"),
        ("-._~", "-._~"),
        ("?#[]@!$'()*,;", "%3F%23%5B%5D%40%21%24%27%28%29%2A%2C%3B"),
    ],
)
def test_a_name_is_encoded_as_the_signature_wants_it(name, path):
    assert ADDRESS.url(name) == f"http://127.0.0.1:9000/bkt/{path}"
    assert ADDRESS.service_url(name) == f"https://s3.lab.example/bkt/{path}"


@pytest.mark.parametrize("name", ["params:1", "a b+c&d=é/%41.txt", "dir//double"])
def test_the_name_of_an_object_is_read_back_from_its_url(name):
    assert ADDRESS.name_of(ADDRESS.service_url(name)) == name


def test_the_case_of_a_host_does_not_matter():
    assert ADDRESS.name_of("https://S3.Lab.Example/bkt/a") == "a"


@pytest.mark.parametrize(
    "location",
    [
        "https://s3.lab.example/other/a",
        "https://s3.lab.example/bkt",
        "https://s3.lab.example/bkt/",
        "https://s3.lab.example/bkt2/a",
        "https://elsewhere.example/bkt/a",
        "http://s3.lab.example/bkt/a",
        "https://s3.lab.example:444/bkt/a",
        "/var/lib/results",
    ],
)
def test_an_object_elsewhere_has_no_name_in_this_bucket(location):
    assert ADDRESS.name_of(location) is None


@pytest.mark.parametrize("name", ["", "a" * 1025, "é" * 513, "a\nb", "a\x00", "../a", "a/./b", "a/.."])
def test_what_cannot_name_an_object_everywhere_is_refused(name):
    with pytest.raises(InputError):
        ADDRESS.url(name)


def test_the_longest_name_is_accepted():
    assert ADDRESS.url("é" * 512)


def test_an_endpoint_below_a_path_is_kept():
    assert BucketAddress("bkt", "https://h/s3/", "https://h").url("a") == "https://h/s3/bkt/a"


def test_a_message_names_bucket_and_host_without_credentials():
    assert str(BucketAddress("bkt", "https://user:pass@h:1", "")) == "bucket bkt at h:1"
