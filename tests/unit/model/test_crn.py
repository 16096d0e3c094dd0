import pytest

from direct_access.model.crn import parse_bucket_crn, parse_crn, parse_instance_crn

INSTANCE = "crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:11bb-22cc::"
BUCKET = "crn:v1:bluemix:public:cloud-object-storage:global:a/00aa:33dd:bucket:lab-jobs"


def test_an_instance_crn_names_service_location_account_and_instance():
    crn = parse_instance_crn(INSTANCE)
    assert (crn.service_name, crn.location, crn.account) == ("quantum-computing", "us-east", "00aa")
    assert crn.service_instance == "11bb-22cc"
    assert crn.bucket is None


def test_a_bucket_crn_names_the_bucket():
    assert parse_bucket_crn(BUCKET).bucket == "lab-jobs"


def test_a_bucket_crn_names_the_crn_of_its_instance():
    assert parse_bucket_crn(BUCKET).instance == (
        "crn:v1:bluemix:public:cloud-object-storage:global:a/00aa:33dd::"
    )


def test_the_instance_of_an_instance_crn_is_itself():
    assert parse_crn(INSTANCE).instance == INSTANCE


def test_the_resource_may_contain_colons_and_slashes():
    assert parse_crn(f"{BUCKET}:a:b/c").resource == "lab-jobs:a:b/c"


def test_the_resource_is_percent_decoded():
    assert parse_crn(BUCKET + "%3Aeu%2Fde").resource == "lab-jobs:eu/de"


def test_surrounding_blanks_do_not_matter():
    assert parse_crn(f" {INSTANCE}\n").instance == INSTANCE


def test_a_scope_that_is_no_account_has_no_account():
    assert parse_crn("crn:v1:bluemix:public:s:us-east:o/9::type:x").account is None


@pytest.mark.parametrize("cut", [INSTANCE[:-1], INSTANCE[:-2], BUCKET.rpartition(":")[0], "crn"])
def test_a_cut_crn_is_refused_with_the_advice_to_quote_it(cut):
    with pytest.raises(ValueError, match=r"of the 10 fields.*cut by the shell\? Quote it"):
        parse_crn(cut)


@pytest.mark.parametrize("text", ["", "my-bucket", "arn:aws:s3:::bucket", "CRN:v1::::::::"])
def test_what_does_not_begin_with_crn_is_no_crn(text):
    with pytest.raises(ValueError, match="is not a valid CRN"):
        parse_crn(text)


def test_an_instance_crn_where_a_bucket_is_needed_is_refused():
    with pytest.raises(ValueError, match="not the CRN of a bucket"):
        parse_bucket_crn(INSTANCE)


def test_a_bucket_crn_without_a_name_is_refused():
    with pytest.raises(ValueError, match="not the CRN of a bucket"):
        parse_bucket_crn(BUCKET.removesuffix("lab-jobs"))


def test_a_crn_without_an_instance_is_no_instance_crn():
    with pytest.raises(ValueError, match="names no service instance"):
        parse_instance_crn("crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:::")
