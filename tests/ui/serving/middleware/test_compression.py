from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize(
    ("path", "encoding", "most"), [("", "gzip", 40_000), ("config", "gzip", 30_000), ("theme.css", "br", 8_000)]
)
def test_page_and_files_are_compressed(site: str, path: str, encoding: str, most: int) -> None:
    with httpx.stream("GET", site + path, headers={"Accept-Encoding": "gzip, br"}) as response:
        assert response.headers["content-encoding"] == encoding
        assert sum(map(len, response.iter_raw())) < most


def test_nothing_is_compressed_for_who_cannot_read_it(site: str) -> None:
    response = httpx.get(site, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in response.headers
    assert "window.gradio_config" in response.text
