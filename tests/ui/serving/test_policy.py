from __future__ import annotations

import pytest

from rag.errors import InputError
from rag.ui.serving.policy import Policy


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"frame_ancestors": ("https://a.example; script-src *",)}, "cannot frame the chat: name origins such as"),
        ({"frame_ancestors": ("a b",)}, "cannot frame the chat"),
        ({"frame_ancestors": ("none", "self")}, "give it alone"),
        ({"allow_origins": ("paper.example",)}, "is not an origin: write it as https://example.org"),
        ({"allow_origins": ("*",)}, "is not an origin"),
        ({"rate_limit": -1}, "give requests a minute, or 0 for none"),
        ({"queue": 0}, "give at least 1"),
    ],
)
def test_policies_that_cannot_be(options: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        Policy(**options)  # type: ignore[arg-type]
