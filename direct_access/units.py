"""Durations and sizes, read and printed as Slurm and people write them."""

from __future__ import annotations

import re

_DAYS = re.compile(r"(?P<days>\d+)-(?P<hours>\d+)(?::(?P<minutes>\d+)(?::(?P<seconds>\d+))?)?", re.ASCII)
_CLOCK = re.compile(r"(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d+)", re.ASCII)
_SUFFIXED = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<suffix>ms|s|m|h|d)?", re.ASCII)
_SUFFIX_SECS = {None: 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}

LONGEST_SECS = 100 * 365.25 * 86400
"""A hundred years: what is longer is a slip, and no time or timer can be made of it."""

_SHOWN_CHARACTERS = 60
DURATION_FORMS = "seconds, MM:SS, HH:MM:SS, D-HH[:MM[:SS]], or a number with ms, s, m, h or d"


def parse_duration_secs(value: object) -> float:
    """Return a duration in seconds.

    A bare number is seconds, ``MM:SS``, ``HH:MM:SS`` and ``D-HH[:MM[:SS]]`` are Slurm's forms (sbatch(1),
    ``--time``; there a bare number is minutes, here it is seconds as in the API), ``10m`` is for people.

    :raises ValueError: naming what was found and what is allowed
    """
    try:
        seconds = _seconds(value)
    except (OverflowError, ValueError):  # more digits than a number can have
        seconds = None
    if seconds is None or not 0 <= seconds < float("inf"):
        raise ValueError(f"{_shown(value)} is not a valid duration; allowed: {DURATION_FORMS}")
    if seconds > LONGEST_SECS:
        raise ValueError(f"{_shown(value)} is too long for a duration; allowed: at most 100 years")
    return seconds


def _shown(value: object) -> str:
    text = str(value).strip() if isinstance(value, (str, float)) else repr(value)
    return repr(text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…")


def _seconds(value: object) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    if match := _DAYS.fullmatch(text) or _CLOCK.fullmatch(text):
        part = {name: int(number or 0) for name, number in match.groupdict().items()}
        hours = part.get("days", 0) * 24 + part.get("hours", 0)
        return float(hours * 3600 + part["minutes"] * 60 + part["seconds"])
    if match := _SUFFIXED.fullmatch(text):
        return float(match["number"]) * _SUFFIX_SECS[match["suffix"]]
    return None


def format_duration(seconds: float) -> str:
    """Return a duration for people: ``0.42 s``, ``12 s``, ``3:05``, ``1:02:03``, ``2-03:04:05``."""
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    if not hours:
        return f"{minute}:{second:02d}"
    days, hour = divmod(hours, 24)
    if not days:
        return f"{hour}:{minute:02d}:{second:02d}"
    return f"{days}-{hour:02d}:{minute:02d}:{second:02d}"


def format_size(size_bytes: int) -> str:
    """Return a size for people, in powers of 1024: ``17 B``, ``1.5 KiB``, ``1.0 GiB``."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
