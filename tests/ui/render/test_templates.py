from __future__ import annotations

import re
from importlib.resources import files

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from rag.ui.render.templates import fragment, render
from rag.ui.wording import ZH

from ..fakebot import HOSTILE

TEMPLATES = sorted(
    (path.name, path.read_text(encoding="utf-8")) for path in (files("rag.ui.render") / "templates").iterdir()
)


def test_values_are_text_in_tags_and_in_attributes() -> None:
    html = render("notice", role='" onclick="x', message="<b> & 'c' \ud800")
    assert html == ('<p class="wb-notice" role="&quot; onclick=&quot;x">&lt;b&gt; &amp; &#x27;c&#x27; \ufffd</p>')


def test_only_a_fragment_goes_into_another_template_as_it_is() -> None:
    piece = fragment("adding_note", message=HOSTILE)
    assert isinstance(piece, Markup)
    assert "<img" not in piece
    view = {"words": ZH, "title": "", "running": "", "view": {"name": "add", "key": ""}}
    limits = dict.fromkeys(("largest", "most", "too_many", "limits", "suffixes"), "")
    assert f'role="status">{piece}</div>' in render("adding", below=piece, **view, **limits)
    assert "&lt;p class=" in render("adding", below=str(piece), **view, **limits)


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'message' is undefined"):
        render("notice", role="alert")


def test_lines_of_a_template_leave_no_white_space_behind() -> None:
    assert render("suggested", questions=["a", "b"]) == (
        '<span class="wb-suggested"><button class="wb-example">a</button><button class="wb-example">b</button></span>'
    )


@pytest.mark.parametrize(("name", "source"), TEMPLATES)
def test_no_template_turns_escaping_off(name: str, source: str) -> None:
    assert not re.search(r"\|\s*(safe|tojson|xmlattr|urlize)\b|autoescape|<script", source)


@pytest.mark.parametrize(("name", "source"), TEMPLATES)
def test_every_attribute_is_quoted(name: str, source: str) -> None:
    """Escaping is enough inside quotes alone."""
    assert not re.search(r"=\s*\{\{", source)
