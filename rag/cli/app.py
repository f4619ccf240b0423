"""The commands put together, and errors turned into one line."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import Annotated, NoReturn, TextIO

import typer

from rag import __version__
from rag.cli import ask, evaluate, feedback, index, serve, user
from rag.cli.lines import escaped
from rag.cli.stopped import StoppedError
from rag.errors import RagError

BAD_INPUT = 2
#: What typer returns for Ctrl-C, and shells expect.
INTERRUPTED = 130
#: What a stream that takes nothing more objects with; a file's own trouble names the file.
_NOT_WRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
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
    except OSError as error:
        if error.errno not in _NOT_WRITTEN or error.filename is not None:
            raise
        _give_up(sys.stdout)
        _fail(f"the output cannot be written ({error.strerror}): free some space, or send it elsewhere", BAD_INPUT)
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
    one_line = escaped(" ".join(message.split()))
    try:
        typer.echo(f"rag: {one_line}", err=True)
    except OSError:  # nobody can be told; the status says it
        _give_up(sys.stderr)
    sys.exit(status)


def _give_up(stream: TextIO | None) -> None:
    """Let what a stream still holds go nowhere: at its end Python would try again to write it, and fail aloud."""
    if stream is not None:
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
