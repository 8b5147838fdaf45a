"""A choice as a link: a ready scenario and what is set otherwise, packed into less than 2 KB."""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from dataclasses import replace
from datetime import date
from importlib import resources
from typing import Any, Final

from experiments.live.chosen import FIRST_YEAR, STRONGEST, Chosen, Setting, preset
from scenarios.catalogue import entry, files
from scenarios.loading import InputError, available

VERSION: Final = "1"
LONGEST: Final = 1_900
"""Characters of the packed choice; with address and name the link stays below 2,048."""
_UNPACKED: Final = 20_000
"""Bytes that a packed choice may hold."""
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class NoLink(ValueError):
    """The choice cannot be a link; its text says why, in a few words that name a text of `live_error`."""


def packed(chosen: Chosen) -> str:
    """The choice as the end of a link; NoLink where it holds what no link can tell."""
    start = preset(chosen.preset) if chosen.preset in available() else None
    if start is None or chosen.parameters is not start.parameters or dict(chosen.originals) != dict(start.originals):
        raise NoLink("link_own_measures")
    told: dict[str, Any] = {name: 0 for name in start.settings if name not in chosen.settings}
    for name, setting in chosen.settings.items():
        if setting != start.settings.get(name):
            told[name] = _told(setting, chosen.usual(name))
    text = json.dumps([chosen.preset, told], separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_dictionary(VERSION))
    link = f"{VERSION}.{base64.urlsafe_b64encode(packer.compress(text) + packer.flush()).decode().rstrip('=')}"
    if len(link) > LONGEST:
        raise NoLink("link_too_long")
    return link


def unpacked(link: str) -> Chosen:
    """The choice that a link of any version tells; ValueError where it is damaged or names what is not there."""
    version, _, body = link.partition(".")
    if version != VERSION or len(link) > LONGEST:
        raise ValueError("link_unknown")
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        reader = zlib.decompressobj(-15, zdict=_dictionary(version))
        text = reader.decompress(raw, _UNPACKED)
        if reader.unconsumed_tail or not reader.eof:
            raise ValueError
        base, told = json.loads(text)
        chosen = preset(base) if base in available() else None
        if chosen is None or not isinstance(told, dict):
            raise ValueError
        for name, short in told.items():
            if name not in chosen.settings and (name not in files() or entry(name).not_judged is not None):
                raise ValueError
            off = short == 0 and type(short) is int
            setting = replace(chosen.setting(name), reach=0.0) if off else _setting(short, chosen.usual(name))
            chosen = chosen.with_setting(name, setting)
        return chosen
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, zlib.error, InputError) as error:
        raise ValueError("link_damaged") from error


def _told(setting: Setting, usual: Setting) -> list[Any]:
    """Reach, start, strength and values, without those at the end that are as usual."""
    start = 0 if setting.start == usual.start else setting.start.isoformat()
    parts: list[Any] = [setting.reach, start, setting.strength, dict(setting.values)]
    usual_parts: tuple[Any, ...] = ({}, 1.0, 0)
    for part in usual_parts:
        if parts[-1] != part:
            break
        parts.pop()
    return parts


def _setting(parts: Any, usual: Setting) -> Setting:
    usual_parts: list[Any] = [None, 0, 1.0, {}]
    if not isinstance(parts, list) or not 1 <= len(parts) <= len(usual_parts):
        raise ValueError
    reach, start, strength, values = [*parts, *usual_parts[len(parts) :]]
    if not isinstance(values, dict) or (start != 0 and not (isinstance(start, str) and _DAY.fullmatch(start))):
        raise ValueError
    day = usual.start if start == 0 else date.fromisoformat(start)
    if not FIRST_YEAR <= day.year <= 2060:
        raise ValueError
    given = tuple(sorted((str(lever), _number(value, -math.inf, math.inf)) for lever, value in values.items()))
    return Setting(_number(reach, 0.0, 1.0), day, _number(strength, 0.0, STRONGEST), given)


def _number(value: Any, low: float, high: float) -> float:
    """A number between limits, and nothing that could only be read as one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    if not low <= value <= high:
        raise ValueError
    return float(value)


def _dictionary(version: str) -> bytes:
    """Words that packed choices of a version may leave out; never changed, so that old links can be read."""
    return (resources.files("experiments.live") / f"link_words_{version}.txt").read_bytes()
