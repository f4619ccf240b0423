"""``rag serve``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
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
    auth: Annotated[
        Path | None,
        typer.Option(
            "--auth", envvar="RAG_AUTH", help="Only for the users in this file, see `rag user`.", show_default=False
        ),
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", envvar="RAG_MCP", help="Serve /mcp for assistants, too.")] = False,
    frame_ancestors: Annotated[
        list[str] | None,
        typer.Option(
            "--frame-ancestors",
            envvar="RAG_FRAME_ANCESTORS",
            help="Who may show the chat in a frame: an origin, self, none or *; may be repeated. Default: self.",
            show_default=False,
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-origin",
            envvar="RAG_ALLOW_ORIGIN",
            help="A site whose scripts may call the chat, as https://example.org; may be repeated.",
            show_default=False,
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            envvar="RAG_ALLOW_HOST",
            help="A name that the chat is asked by, beside localhost and its address; may be repeated, * for any.",
            show_default=False,
        ),
    ] = None,
    rate_limit: Annotated[
        int | None,
        typer.Option(
            "--rate-limit",
            envvar="RAG_RATE_LIMIT",
            help="Questions a minute from one address, 0 for no limit. Default: 300, and no limit for this machine.",
            show_default=False,
        ),
    ] = None,
    trusted_proxies: Annotated[
        str,
        typer.Option(
            "--trusted-proxies",
            envvar="RAG_TRUSTED_PROXIES",
            help="Addresses or networks of proxies, separated by commas, that say who the client is.",
        ),
    ] = "127.0.0.1",
    feedback: Annotated[
        str,
        typer.Option(
            "--feedback",
            envvar="RAG_FEEDBACK",
            help="The file for what visitors think of answers, off for none. Default: beside the index.",
            show_default=False,
        ),
    ] = "",
    allow_upload: Annotated[
        bool,
        typer.Option(
            "--allow-upload",
            envvar="RAG_ALLOW_UPLOAD",
            help="Let visitors add articles; the files are kept beside the index.",
        ),
    ] = False,
    at: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
    min_confidence: ConfidenceOption = None,
) -> None:
    """Open the web chat; an index over seeds/ is built first if there is none."""
    from rag.chatbot import Chatbot, open_or_build
    from rag.ui import serve as serve_chat
    from rag.ui.feedback import beside
    from rag.ui.live import LiveBot
    from rag.ui.serving.auth import Users
    from rag.ui.serving.policy import Policy
    from rag.ui.upload_store import UploadStore

    policy = Policy(
        auth=Users(auth) if auth else None,
        frame_ancestors=tuple(frame_ancestors or ["self"]),
        allow_origins=tuple(allow_origin or ()),
        rate_limit=rate_limit,
        mcp=mcp,
        allow_hosts=tuple(allow_host or ()),
    )
    with shown_progress() as progress:
        bot = open_or_build(at, [DEFAULT_FOLDER], model=model, min_confidence=min_confidence, progress=progress)
    uploads = UploadStore.open(bot, at, model=model, min_confidence=min_confidence) if allow_upload else None
    asked = (
        uploads.bot if uploads else LiveBot(bot, lambda: Chatbot.open(at, model=model, min_confidence=min_confidence))
    )
    with closing(asked):
        serve_chat(
            asked,
            host=host,
            port=port,
            root_path=root_path,
            open_browser=open_browser,
            policy=policy,
            trusted_proxies=trusted_proxies,
            feedback=None if feedback == "off" else Path(feedback) if feedback else beside(at),
            uploads=uploads,
        )
