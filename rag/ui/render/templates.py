"""Jinja2 templates of all HTML that we write.

Autoescape is on: a value is shown as text unless it is ``Markup``, which only ``fragment`` makes.
The HTML is the value of a ``gr.HTML`` with its default template: Gradio evaluates any other one as JavaScript.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from rag.ui.render.escape import html_text

_LINE_BREAK = re.compile(r"\n[ ]*")


class _JoinedLines(Extension):
    """Line breaks and indentation in a template are for its readers: they are not part of the HTML.

    White space between inline elements would be visible, and the chat's Markdown takes indented lines for code.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _LINE_BREAK.sub("", source)


def _escaped(value: Any) -> Markup:
    """A value as it goes into the page: text is escaped, and its lone surrogates, which UTF-8 lacks, are replaced."""
    return value if isinstance(value, Markup) else Markup(html_text(str(value)))  # noqa: S704 - escaped


_TEMPLATES = Environment(
    loader=PackageLoader("rag.ui.render"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_escaped,
    extensions=[_JoinedLines],
    cache_size=-1,
    auto_reload=False,
)


def render(template: str, /, **values: Any) -> str:
    """The HTML of ``templates/TEMPLATE.html``. A name that the template uses and ``values`` lacks raises an error."""
    return _TEMPLATES.get_template(f"{template}.html").render(**values)


def fragment(template: str, /, **values: Any) -> Markup:
    """``render`` for HTML that is a value of another template, which leaves it as it is."""
    return Markup(render(template, **values))  # noqa: S704 - all values were escaped
