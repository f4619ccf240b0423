"""``rag user``: who may log in to a served chat."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rag.errors import InputError

user = typer.Typer(name="user", help="Add or remove who may log in with `rag serve --auth FILE`.", no_args_is_help=True)

AuthOption = Annotated[Path, typer.Option("--auth", envvar="RAG_AUTH", help="The file of users; made if need be.")]
NameArgument = Annotated[str, typer.Argument(help="The user's name")]


@user.command()
def add(
    name: NameArgument,
    *,
    auth: AuthOption,
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from stdin.")] = False,
) -> None:
    """Add a user, or change a user's password; only a hash of it is kept."""
    from rag.ui.serving.auth import add_user, writable_name

    name = writable_name(auth, name)  # before asking for a password
    new = add_user(auth, name, _password(from_stdin=from_stdin))
    typer.echo(f"{auth}: {name} added" if new else f"{auth}: new password for {name}")


@user.command()
def remove(name: NameArgument, *, auth: AuthOption) -> None:
    """Remove a user, who is let in no longer from then on."""
    from rag.ui.serving.auth import remove_user

    remove_user(auth, name)
    typer.echo(f"{auth}: {name} removed")


def _password(*, from_stdin: bool) -> str:
    if sys.stdin is None:
        raise InputError("stdin is closed: pipe the password in with --stdin, or type it on a terminal")
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError("there is no terminal to ask for a password: pipe it in and add --stdin")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
