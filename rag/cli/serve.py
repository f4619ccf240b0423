"""``rag serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.options import DEFAULT_FOLDER, DEFAULT_INDEX, ConfidenceOption, IndexOption, ModelOption
from rag.cli.progress import shown_progress


def serve(
    *,
    host: Annotated[str, typer.Option(envvar="RAG_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(envvar="RAG_PORT", help="Port; 7860 or the next free one by default.", show_default=False),
    ] = None,
    root_path: Annotated[
        str | None,
        typer.Option("--root-path", envvar="RAG_ROOT_PATH", help="Path under a reverse proxy.", show_default=False),
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", envvar="RAG_OPEN", help="Open a browser window.")
    ] = False,
    at: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
    min_confidence: ConfidenceOption = None,
) -> None:
    """Open the web chat; an index over seeds/ is built first if there is none."""
    from rag.chatbot import open_or_build
    from rag.ui import serve as serve_chat

    with shown_progress() as progress:
        bot = open_or_build(at, [DEFAULT_FOLDER], model=model, min_confidence=min_confidence, progress=progress)
    with bot:
        serve_chat(bot, host=host, port=port, root_path=root_path, open_browser=open_browser)
