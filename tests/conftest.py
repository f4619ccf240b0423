"""Its place puts ``tests/`` on the import path: ``from keyword_embedder import KeywordEmbedder``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from rag.chatbot import Chatbot
from rag.embedding import load_embedder
from rag.index import update

# How long an example takes says something of the machine, not of the code.
settings.register_profile("wenbao", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wenbao")

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of ``seeds/`` and an ``index/`` over it, by the bundled model. Not to be written to."""
    home = tmp_path_factory.mktemp("built")
    shutil.copytree(SEEDS, home / "seeds")
    update(home / "index", [home / "seeds"], load_embedder())
    return home


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    """A copy of ``built`` to write to."""
    return shutil.copytree(built, tmp_path / "copied")


@pytest.fixture(scope="session")
def bot(built: Path) -> Iterator[Chatbot]:
    """Answers from the five seeds."""
    with Chatbot.open(built / "index") as opened:
        yield opened
