from __future__ import annotations

import copy
import dataclasses
import gc
import html
import json
import pickle
import pprint
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.redact import HIDDEN, SHORTEST_SOUGHT, Secret, redact_text, without_urls

VALUE = "swordfish-4711"


@dataclasses.dataclass(frozen=True)
class Holder:
    secret: Secret


@pytest.mark.parametrize(
    "show",
    [
        str,
        repr,
        "{}".format,
        "{!r}".format,
        lambda secret: f"{secret:>40}",
        lambda secret: f"{secret!s:.100}",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - the old way must not leak either
        lambda secret: string.Template("$secret").substitute(secret=secret),
        lambda secret: repr([secret, {"key": secret}]),
        lambda secret: repr(Holder(secret)),
        lambda secret: repr(ValueError(secret)),
        pprint.pformat,
        ascii,
        lambda secret: repr(secret.reveal),
        lambda secret: str([getattr(secret, name) for name in secret.__slots__]),
        lambda secret: json.dumps({"key": secret}, default=str),
        lambda secret: json.dumps({"key": secret}, default=repr),
    ],
)
def test_a_secret_shows_nothing(show: Callable[[Secret], str]) -> None:
    assert "swordfish" not in show(Secret(VALUE))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Secret(VALUE), protocol)


@pytest.mark.parametrize(
    "take", [copy.copy, copy.deepcopy, vars, json.dumps, bytes, list, lambda s: dataclasses.asdict(Holder(s))]
)
def test_a_secret_cannot_be_copied_listed_or_serialized(take: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as caught:
        take(Secret(VALUE))
    assert "swordfish" not in str(caught.value)


def test_a_secret_reveals_its_value_to_the_one_who_asks() -> None:
    assert Secret(VALUE).reveal() == VALUE


def test_a_secret_is_true_unless_it_is_empty() -> None:
    assert Secret(VALUE)
    assert not Secret("")


HOSTS = st.sampled_from(["store.example", "127.0.0.1:9000", "[::1]:9000", "s3.eu-de.example"])
PATHS = st.lists(st.text("abz09-_.~:", min_size=1, max_size=6), max_size=3).map("/".join)
SCHEMES = st.sampled_from(["http", "https", "HTTPS", "Https"])
MARK = "hush7331"
AROUND = st.sampled_from([("", ""), ("see ", " and again"), ('"', '"'), ("'", "'"), ("(", ")"), ("<", ">")])
ANYTHING = st.text(min_size=0, max_size=12)


@given(SCHEMES, HOSTS, PATHS, st.dictionaries(ANYTHING, ANYTHING, max_size=3), ANYTHING, AROUND)
def test_no_query_of_a_url_is_ever_shown(
    scheme: str, host: str, path: str, query: dict[str, str], name: str, around: tuple[str, str]
) -> None:
    url = f"{scheme}://{host}/{path}?{urlencode({**query, name: MARK + name})}"
    shown = redact_text(around[0] + url + around[1])
    assert MARK not in shown
    assert host in shown


@given(SCHEMES, HOSTS, PATHS, st.text("abc:@!$&'()*+,;=%?#~", max_size=8), AROUND)
def test_no_user_or_password_of_a_url_is_ever_shown(
    scheme: str, host: str, path: str, more: str, around: tuple[str, str]
) -> None:
    shown = redact_text(f"{around[0]}{scheme}://{MARK}{more}:{more}{MARK}@{host}/{path}{around[1]}")
    assert MARK not in shown


@given(ANYTHING.map(lambda text: quote(text, safe="")))
def test_text_without_urls_and_tokens_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://h/p?a=1", f"https://h/p?{HIDDEN}"),
        ("'https://h/p?a=1', twice", f"'https://h/p?{HIDDEN}', twice"),
        ("https://u:p@h/p", f"https://{HIDDEN}@h/p"),
        ("https://h/path@v1", "https://h/path@v1"),
        ("token eyJhbGciOi.eyJzdWIi.c2ln.", f"token {HIDDEN}."),
        ("GET https://a?x=1 and https://b/?y=2", f"GET https://a?{HIDDEN} and https://b/?{HIDDEN}"),
        (
            "with url: /b/o?X-Amz-Date=1&X-Amz-Signature=5e (Caused",
            "with url: /b/o?X-Amz-Date=***&X-Amz-Signature=*** (Caused",
        ),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_the_rest_of_the_text_stays_readable(text: str, shown: str) -> None:
    assert redact_text(text) == shown


def test_presigned_urls_are_hidden_wherever_they_stand_in_a_document() -> None:
    document = {
        "id": "7",
        "storage": {"input": {"presigned_url": "https://h/o?sig=1", "type": "s3_compatible"}},
        "notes": ["https://h/o?sig=2", 5, None, True],
        "depth": [[{"presigned_url": {"any": "shape"}}]],
    }
    assert without_urls(document) == {
        "id": "7",
        "storage": {"input": {"presigned_url": HIDDEN, "type": "s3_compatible"}},
        "notes": [f"https://h/o?{HIDDEN}", 5, None, True],
        "depth": [[{"presigned_url": HIDDEN}]],
    }


SPELLINGS = [
    str,
    quote,
    quote_plus,
    html.escape,
    json.dumps,
    lambda value: json.dumps(value, ensure_ascii=False),
    repr,
]
PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=SHORTEST_SOUGHT, max_size=40)


@given(PRINTABLE, st.sampled_from(SPELLINGS), AROUND)
def test_a_secret_in_use_is_hidden_in_whatever_spelling_it_comes_back(
    value: str, spell: Callable[[str], str], around: tuple[str, str]
) -> None:
    secret = Secret(value)
    assert spell(value).strip("'\"") not in redact_text(
        f"{around[0]} the key {spell(value)} is unknown {around[1]}"
    )
    assert secret.reveal() == value


def test_a_secret_that_nobody_uses_any_more_is_forgotten() -> None:
    text = "key used-by-this-test-alone"
    secret = Secret(text.removeprefix("key "))
    assert redact_text(text) == f"key {HIDDEN}"
    del secret
    gc.collect()
    assert redact_text(text) == text


def test_a_secret_of_few_characters_is_not_sought() -> None:
    secret = Secret("scratch")
    assert redact_text("/scratch/bell") == "/scratch/bell"
    assert secret.reveal() == "scratch"
