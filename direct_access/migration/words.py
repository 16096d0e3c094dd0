"""Retired hosts, fields and spellings, as data."""

from __future__ import annotations

import re

from direct_access.light_dataclass import dataclass

NEW_BASE = "https://quantum.cloud.ibm.com/api"


@dataclass(frozen=True)
class Host:
    """A base address that is no longer served.

    :param pattern: matches the base, without a path of the API
    :param replacement: the base to use, None where there is none
    :param certain: whether the new base may be put in its place
    """

    pattern: str
    replacement: str | None
    note: str = ""
    certain: bool = True


_CLASSIC = r"quantum(?:-computing)?\.ibm\.com"
"""The classic platform, by its first name and by the one that it had last."""

HOSTS = (
    Host(rf"https?://api\.{_CLASSIC}/runtime(?![\w-])", NEW_BASE),
    Host(rf"https?://runtime(?:-us-east)?\.{_CLASSIC}(?![\w.-])", NEW_BASE),
    Host(
        rf"https?://api\.{_CLASSIC}(?![\w.-])",
        NEW_BASE,
        "the classic platform is gone, its other paths with it",
        certain=False,
    ),
    Host(r"https?://us-east\.quantum-computing\.cloud\.ibm\.com(?![\w.:-])", NEW_BASE),
    Host(
        r"https?://eu-de\.quantum-computing\.cloud\.ibm\.com(?![\w.:-])",
        "https://eu-de.quantum.cloud.ibm.com/api",
        "the region of the instance's CRN decides",
        certain=False,
    ),
    Host(
        rf"https?://auth\.{_CLASSIC}(?:/api)?(?![\w-])",
        None,
        "sign in with an IBM Cloud API key: POST https://iam.cloud.ibm.com/identity/token",
        certain=False,
    ),
)
PRESENT = r"https?://(?:[a-z-]+\.)?quantum\.cloud\.ibm\.com/api(?![\w-])"
"""The base that is served; paths below it may still be the old ones."""


@dataclass(frozen=True)
class Word:
    """A field, header or value that changed.

    :param pattern: what is looked for; the group ``found``, if any, is what is replaced
    :param replacement: as :meth:`re.Match.expand` takes it, None where there is none
    :param needs: seen elsewhere in the same file, or the match means something else
    """

    pattern: str
    replacement: str | None
    note: str
    certain: bool = False
    needs: str | None = None
    flags: int = 0


def key(name: str) -> str:
    """Return a pattern for a name used as key in JSON, YAML, Python or a query."""
    return rf"(?<![\w.-])(?P<found>{name})(?=\\?[\"']?\s*[:=](?!=))"


ANY_API = (
    r"quantum-computing\.ibm\.com|quantum-computing\.cloud\.ibm\.com(?!:)|quantum\.cloud\.ibm\.com"
    r"|(?:api|auth|runtime)\.quantum\.ibm\.com"
    r"|/facade/v1/|max_session_ttl|qiskit_ibm_runtime|qiskit_ibm_provider"
)
HUB = key("hub")
CRN = "removed: name the instance by its CRN in the header Service-CRN"

WORDS = (
    Word(key("max_session_ttl"), "max_ttl", "seconds, as before", certain=True),
    Word(HUB, None, CRN, needs=ANY_API),
    Word(key("group"), None, CRN, needs=rf"(?=[\s\S]*{HUB})[\s\S]*(?:{ANY_API})"),
    Word(key("project"), None, CRN, needs=rf"(?=[\s\S]*{HUB})[\s\S]*(?:{ANY_API})"),
    Word(key("provider"), None, CRN, needs=ANY_API),
    Word(
        r"(?<![\w.-])instance\\?[\"']?\s*[:=]\s*\\?[\"']?(?P<found>[\w-]+/[\w-]+/[\w-]+)(?![\w/])",
        None,
        "hub/group/project names no instance any more: use its CRN",
    ),
    Word(
        key("private"),
        None,
        "the guide says that it was removed; it is still accepted, and results can then be read once",
        needs=ANY_API,
    ),
    Word(
        r"application/x-www-form-urlendcoded",
        "application/x-www-form-urlencoded",
        "misspelt in the guide",
        certain=True,
    ),
    Word(
        r"'-H (?P<name>[A-Za-z-]+): (?P<value>[^']*)'",
        r"-H '\g<name>: \g<value>'",
        "quoted with its option, the header begins with a space",
        certain=True,
    ),
    Word(
        r"(?<![\w-])X-Access-Token(?![\w-])",
        None,
        "classic sign-in: send Authorization: Bearer with a token of IAM",
        flags=re.IGNORECASE,
    ),
    Word(
        r"channel\\?[\"']?\s*[:=]\s*\\?[\"'](?P<found>ibm_quantum)(?=\\?[\"'])",
        "ibm_quantum_platform",
        "with an IBM Cloud API key and the instance's CRN; a token of the classic platform is not accepted",
    ),
)
