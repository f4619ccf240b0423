"""Who has logged in, and whose session is whose."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rag.ui.serving.auth import Users

#: Logins and sessions remembered at most; the oldest is forgotten first. More sessions than Gradio keeps states of.
MOST = 10_000


class Tokens(dict[str, str]):
    """The names behind Gradio's cookies, in the place of its own mapping.

    A cookie is good for as long as the user has the password that it was given for.
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
        """The user whom the first good one of several cookies names."""
        return next((name for cookie in cookies if cookie and (name := self.get(cookie))), None)


class Sessions:
    """A session is its first user's: its conversation, and the answers that come in it, are shown to no other."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    def claim(self, session: str, user: str) -> bool:
        """Whether ``user`` may use a session, which is theirs from now on if it is new."""
        owner = self._owners.setdefault(session, user)
        self._owners.move_to_end(session)
        if len(self._owners) > MOST:
            self._owners.popitem(last=False)
        return owner == user

    def may_look(self, session: str, user: str) -> bool:
        """Whether ``user`` may be told what happens in a session; of one that is nobody's nothing can be told."""
        return self._owners.get(session, user) == user
