"""Who has logged in, and which user each session belongs to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rag.ui.serving.auth import Users

#: Number of logins and of sessions that are remembered; the oldest is forgotten first. Gradio keeps fewer states.
MOST = 10_000


class Tokens(dict[str, str]):
    """User names by the tokens in Gradio's cookies, in the place of Gradio's own mapping.

    A token is valid as long as the user keeps the password with which they logged in.
    """

    def __init__(self, users: Users) -> None:
        super().__init__()
        self._users = users
        self._hashes: dict[str, str | None] = {}

    def __setitem__(self, token: str, name: str) -> None:
        self._hashes[token] = self._users.hash_of(name)
        super().__setitem__(token, name)
        if len(self) > MOST:
            del self[next(iter(self))]

    def __delitem__(self, token: str) -> None:
        self._hashes.pop(token, None)
        super().__delitem__(token)

    def get(self, token: Any, default: Any = None) -> Any:
        name = super().get(token)
        hashed = None if name is None else self._users.hash_of(name)
        return name if hashed is not None and hashed == self._hashes.get(token) else default

    def named(self, cookies: Iterable[str | None]) -> str | None:
        """The user named by the first valid token among several cookies."""
        return next((name for cookie in cookies if cookie and (name := self.get(cookie))), None)


class Sessions:
    """A session belongs to its first user: nobody else sees its conversation and its answers."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    def claim(self, session: str, user: str) -> bool:
        """Whether ``user`` may use a session; a new session becomes theirs."""
        owner = self._owners.setdefault(session, user)
        self._owners.move_to_end(session)
        if len(self._owners) > MOST:
            self._owners.popitem(last=False)
        return owner == user

    def may_look(self, session: str, user: str) -> bool:
        """Whether ``user`` may look into a session; in one that belongs to nobody there is nothing to see."""
        return self._owners.get(session, user) == user
