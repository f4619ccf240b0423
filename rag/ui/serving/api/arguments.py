"""The named arguments of a call, refused by name where there is no such argument.

Gradio answers a wrong one in ``call/v2/NAME`` with 500 and a traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from inspect import Parameter, signature
from typing import Any

from rag.ui.serving.api.endpoints import Endpoints

#: Arguments that Gradio itself removes from every call.
_OF_GRADIO = ("oauth_token",)


def wrong_arguments(name: str, given: Mapping[str, Any]) -> str | None:
    """What is wrong with the names of the arguments of an endpoint, as one line; ``None`` if nothing is.

    >>> wrong_arguments("search", {"question": "汽车展", "top_k": 3})
    "search has no argument 'top_k': its arguments are question, k, leg, sources, articles, since, until"
    """
    return wrong_names(name, getattr(Endpoints, name), given, ignored=_OF_GRADIO)


def wrong_names(
    name: str, function: Callable[..., Any], given: Mapping[str, Any], ignored: Iterable[str] = ()
) -> str | None:
    """``wrong_arguments`` for a function that takes the endpoints first; ``ignored`` may be given, too."""
    known = parameters(function)
    names = [parameter.name for parameter in known]
    unknown = [argument for argument in given if argument not in (*names, *ignored)]
    if unknown:
        near = get_close_matches(unknown[0], names, n=1)
        hint = f"did you mean {near[0]!r}? Its" if near else "its"
        return f"{name} has no argument {unknown[0][:100]!r}: {hint} arguments are {', '.join(names)}"
    missing = [p.name for p in known if p.default is Parameter.empty and p.name not in given]
    return f"{name} needs the argument {missing[0]!r}: send it" if missing else None


def parameters(function: Callable[..., Any]) -> list[Parameter]:
    """The parameters of a function behind its first, which is the endpoints."""
    return list(signature(function).parameters.values())[1:]
