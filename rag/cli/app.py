"""The commands put together, and errors turned into one line."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer

from rag import __version__
from rag.cli import ask, evaluate, feedback, index, serve, user
from rag.cli.stopped import StoppedError
from rag.errors import RagError

BAD_INPUT = 2
#: What typer returns for Ctrl-C, and shells expect.
INTERRUPTED = 130
_STOPPED = "stopped; what was finished is kept"

app = typer.Typer(
    name="rag",
    help="Wenbao 问报: ask the newspaper. Answers are quotes, each with the place it stands at.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (index.index, index.remove, index.inspect, ask.ask, ask.search, serve.serve, evaluate.evaluate):
    app.command()(command)
app.command()(feedback.feedback)
app.add_typer(user.user)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wenbao {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """The ``rag`` script: exit status 0 done, 1 a check asked for failed, 2 bad input or a broken index."""
    _tolerate_any_text()
    try:
        status = app(sys.argv[1:] or ["--help"], prog_name=app.info.name, standalone_mode=False)
    except RagError as error:
        _fail(str(error), BAD_INPUT)
    except StoppedError as error:
        _fail(f"{_STOPPED}: {error}", INTERRUPTED)
    except typer.TyperException as error:
        context: typer.Context | None = getattr(error, "ctx", None)
        command = context.command_path if context else app.info.name
        _fail(f"{error.format_message().rstrip('.')}: see `{command} --help`", BAD_INPUT)
    if status == INTERRUPTED:
        _fail(_STOPPED, INTERRUPTED)
    sys.exit(status)


def _tolerate_any_text() -> None:
    """A terminal that cannot show a character shows its code instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _fail(message: str, status: int) -> NoReturn:
    one_line = " ".join(message.split())
    typer.echo(f"rag: {one_line}", err=True)
    sys.exit(status)
