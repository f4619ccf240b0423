"""The names that a developer imports from ``rag.ui``."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import rag.ui


def test_each_public_name_is_what_its_module_defines() -> None:
    import_module("rag.ui.serving.server")
    assert rag.ui.__all__ == ["Answerer", "build_app", "mount", "run", "serve"]
    assert {name: getattr(rag.ui, name).__module__ for name in rag.ui.__all__} == {
        "Answerer": "rag.chatbot.answerer",
        "build_app": "rag.ui.app",
        "mount": "rag.ui.serving.server",
        "run": "rag.ui.serving.server",
        "serve": "rag.ui.serving.server",
    }


def test_the_name_of_version_0_1_still_works() -> None:
    assert rag.ui.Bot is rag.ui.Answerer


def test_importing_the_package_does_not_import_gradio() -> None:
    code = "import sys, rag.ui; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
