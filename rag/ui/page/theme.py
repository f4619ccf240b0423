"""Colours from one accent, the Gradio theme, and the style sheet."""

from __future__ import annotations

import colorsys
import re
from importlib.resources import files
from typing import Literal, get_args

import gradio as gr

from rag.errors import InputError

#: Seal red.
ACCENT = "#a5332a"

# The backgrounds of the chat and of the sources, as in the style sheet; contrast is least against the sources'.
_PAPER, _NIGHT = "#fbfaf7", "#17181a"
_PANEL, _NIGHT_PANEL = "#f4f1ea", "#1e2023"
_READABLE = 4.6  # WCAG AA asks for 4.5:1

_SANS = [
    "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", "sans-serif",
]  # fmt: skip
_MONO = ["ui-monospace", "SF Mono", "Cascadia Mono", "Noto Sans Mono", "monospace"]

Rgb = tuple[int, int, int]
Scheme = Literal["auto", "light", "dark"]


def asset(name: str) -> str:
    return files("rag.ui").joinpath("static", name).read_text(encoding="utf-8")


def style(accent: str) -> str:
    """The style sheet, with the accent made dark or light enough to be read in both schemes."""
    light, dark = readable(accent, _PANEL, -0.02), readable(accent, _NIGHT_PANEL, 0.02)
    tokens = f":root{{--wb-accent:{light};--wb-on-accent:{_PAPER}}}.dark{{--wb-accent:{dark};--wb-on-accent:{_NIGHT}}}"
    return tokens + asset("wenbao.css")


def readable(colour: str, ground: str, step: float) -> str:
    """``colour`` darkened (negative ``step``) or lightened, hue kept, until text in it can be read on ``ground``.

    >>> readable("#a5332a", "#ffffff", -0.02), readable("#ffff00", "#ffffff", -0.02)
    ('#a5332a', '#707000')
    """
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _rgb(colour)))
    mixed = _rgb(colour)
    while contrast(mixed, _rgb(ground)) < _READABLE and 0 <= light + step <= 1:
        light += step
        red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, light, saturation))
        mixed = (red, green, blue)
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio as WCAG 2 defines it, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Rgb) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(colour: str) -> Rgb:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise InputError(f"accent {colour!r} is not a colour; write it as #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def scheme_script(scheme: Scheme) -> str:
    """The script that sets a scheme; a scheme in the address (``?__theme=dark``) takes precedence."""
    if scheme not in get_args(Scheme):
        raise InputError(f"theme {scheme!r} is none of {', '.join(get_args(Scheme))}: choose one of these")
    if scheme == "auto":
        return ""
    keep = f"document.body.classList.toggle('dark', {str(scheme == 'dark').lower()})"
    return (
        "<script>if (!new URLSearchParams(location.search).has('__theme')) { const keep = () => { "
        f"if (document.body.classList.contains('dark') !== {str(scheme == 'dark').lower()}) {keep}; }}; keep(); "
        "new MutationObserver(keep).observe(document.body, { attributeFilter: ['class'] }); }</script>"
    )


def plain_theme() -> gr.themes.Base:
    """Gradio's base theme with system fonts; the rest is in the style sheet."""
    return gr.themes.Base(font=_SANS, font_mono=_MONO).set(
        body_background_fill=_PAPER,
        body_background_fill_dark=_NIGHT,
    )
