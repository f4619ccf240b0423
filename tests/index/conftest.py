from __future__ import annotations

from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import CARS, ECONOMY, SCHOOL, write


@pytest.fixture
def embedder() -> KeywordEmbedder:
    return KeywordEmbedder()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of three articles."""
    write(tmp_path / "pages", {"cars.txt": CARS, "school.txt": SCHOOL, "sub/economy.md": ECONOMY})
    return tmp_path / "pages"
