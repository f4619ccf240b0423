"""Users and hashed passwords in a file, one ``name:hash`` a line; ``rag user`` writes it.

A hash is ``scrypt$N$r$p$salt$key`` (RFC 7914, parameters as OWASP advises), so that parameters can grow later.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import os
import secrets
import stat
import threading
import unicodedata
from pathlib import Path

from rag.errors import InputError

_N, _R, _P = 2**14, 8, 5
_SALT = 16
_KEY = 32
MAX_NAME = 64
MIN_PASSWORD, MAX_PASSWORD = 8, 256
#: Cyrillic and Greek letters that look exactly like Latin ones.
_LIKE_LATIN = frozenset("асеорхуіѕјһԁԛԝӏАВЕКМНОРСТХУІЅЈԚԜ" + "οανρυικχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
#: Number of correct ``Authorization`` headers that are remembered at most.
_REMEMBERED = 1000

_log = logging.getLogger(__name__)


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(_SALT)
    return f"scrypt${_N}${_R}${_P}${_b64(salt)}${_b64(_scrypt(password, salt, _N, _R, _P))}"


def verify(password: str, hashed: str) -> bool:
    """Whether ``password`` is the one that was hashed. Raises ``ValueError`` if ``hashed`` is no hash of ours."""
    salt, key, parameters = _parts(hashed)
    return len(password) <= MAX_PASSWORD and hmac.compare_digest(_scrypt(password, salt, *parameters), key)


class Users:
    """The users in a file, which is read again whenever it changes. Safe to share between threads.

    Raises ``InputError`` for a file that cannot be used. If it becomes unusable later, nobody is let in.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        self._unknown = hash_password(secrets.token_urlsafe())  # an unknown name takes as long as a wrong password
        self._secret = secrets.token_bytes(32)
        self._remembered: dict[bytes, tuple[str, str]] = {}  # of an Authorization header: name and hash
        self._hashes = read_users(self._path)
        self._stamp = _stamp(self._path)
        if not self._hashes:
            raise InputError(f"{self._path} names no user: add one with `rag user add NAME --auth {self._path}`")

    def check(self, name: str, password: str) -> bool:
        hashed = self._current().get(_name_key(name))
        return verify(password, hashed or self._unknown) and hashed is not None

    def hash_of(self, name: str) -> str | None:
        """The present hash of a user's password; ``None`` for a name that is no user, or no longer."""
        return self._current().get(_name_key(name))

    def check_basic(self, header: str) -> str | None:
        """The user that an ``Authorization: Basic`` header names with the right password, else ``None``."""
        name, password = _basic(header)
        if not self.check(name, password):
            return None
        with self._lock:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[self._digest(header)] = (_name_key(name), self._hashes.get(_name_key(name), ""))
        return _name_key(name)

    def remembered(self, header: str) -> str | None:
        """``check_basic`` for a header that was right before, without hashing, which is slow on purpose."""
        name, hashed = self._remembered.get(self._digest(header), ("", ""))
        return name if hashed and self._current().get(name) == hashed else None

    def _digest(self, header: str) -> bytes:
        return hmac.digest(self._secret, header.encode("utf-8", "replace"), "sha256")

    def _current(self) -> dict[str, str]:
        with self._lock:
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                try:
                    self._hashes = read_users(self._path)
                except InputError as error:
                    _log.error("nobody is let in: %s", error)
                    self._hashes = {}
                self._stamp = stamp
            return self._hashes


def add_user(path: Path, name: str, password: str) -> bool:
    """Write a user's hash into the file, which is created if it does not exist. Returns whether the user is new.

    Raises ``InputError``.
    """
    name = writable_name(path, name)
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InputError(f"the password has {len(password)} characters: choose {MIN_PASSWORD} to {MAX_PASSWORD}")
    users = read_users(path) if path.exists() else {}
    new = name not in users
    users[name] = hash_password(password)
    _write(path, users)
    return new


def remove_user(path: Path, name: str) -> None:
    """Take a user out of the file. Raises ``InputError``."""
    users = read_users(path)
    if users.pop(_name_key(name), None) is None:
        raise InputError(f"{path} has no user {name!r}: it has {', '.join(users) or 'none'}")
    _write(path, users)


def read_users(path: Path) -> dict[str, str]:
    """Names and hashes; lines that are blank or begin with # are skipped. Raises ``InputError``.

    A file that others can change is refused: whoever could write a line into it could log in.
    """
    _require_closed(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: write it with `rag user add NAME --auth {path}`") from error
    users = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, hashed = line.strip().partition(":")
        try:
            _parts(hashed)
        except ValueError as error:
            message = f"{path} line {number} is not name:hash: write it with `rag user add NAME --auth {path}`"
            raise InputError(message) from error
        users[_name_key(name)] = hashed
    return users


def _require_closed(path: Path) -> None:
    """Raises ``InputError`` for a link, and for a file that anybody may write."""
    if path.is_symlink():
        raise InputError(f"{path} is a link: name the file itself, {path.resolve()}")
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise _unreadable(path, error) from error
    if os.name == "posix" and mode & stat.S_IWOTH:
        raise InputError(f"{path} can be written by everybody: close it with `chmod 600 {path}`")


def writable_name(path: Path, name: str) -> str:
    """A name that can be added to the file, or is in it already: earlier versions allowed more names.

    Raises ``InputError``.
    """
    if path.exists() and _name_key(name) in read_users(path):
        return _name_key(name)
    return valid_name(name)


def valid_name(name: str) -> str:
    """A name as it is written into the file. Raises ``InputError``.

    >>> valid_name(" 王芳 ")
    '王芳'
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    name = _name_key(name)
    if plain != name:
        raise InputError(f"a user cannot be called {name!r}, which looks like {plain!r}: choose that")
    if _looks_like_another(name):
        raise InputError(f"a user cannot be called {name!r}, whose letters look like Latin ones: choose another name")
    if not 0 < len(name) <= MAX_NAME or ":" in name or name.startswith("#") or not name.isprintable():
        raise InputError(
            f"a user cannot be called {name!r}: choose up to {MAX_NAME} letters and digits, without a colon"
        )
    return name


def _looks_like_another(name: str) -> bool:
    """Whether a name mixes Latin with letters that look like Latin ones, or has only such letters.

    >>> [_looks_like_another(name) for name in ("аdmin", "сора", "Иван", "li王")]
    [True, True, False, False]
    """
    letters = [c for c in name if c.isalpha()]
    scripts = {unicodedata.name(c, "").partition(" ")[0] for c in letters}
    foreign = scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}
    if foreign and (len(foreign) > 1 or "LATIN" in scripts):
        return True
    return bool(foreign) and all(c in _LIKE_LATIN for c in letters)


def _name_key(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _write(path: Path, users: dict[str, str]) -> None:
    """Replace the file in one step; only its owner can read it."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        staged.touch(mode=0o600)
        staged.write_text("".join(f"{name}:{hashed}\n" for name, hashed in users.items()), encoding="utf-8")
        staged.replace(path)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written ({error.strerror}): name another file with --auth") from error


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _basic(header: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(header.partition(" ")[2], validate=True).decode("utf-8").partition(":")
    except ValueError:
        return "", ""
    return name, password


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} cannot be read ({error.strerror}): make it with `rag user add NAME --auth {path}`")


def _parts(hashed: str) -> tuple[bytes, bytes, tuple[int, int, int]]:
    kind, *rest = hashed.split("$")
    if kind != "scrypt" or len(rest) != 5:
        raise ValueError("not a hash of ours")
    try:
        n, r, p = (int(part) for part in rest[:3])
        salt, key = (base64.b64decode(part, validate=True) for part in rest[3:])
    except (ValueError, binascii.Error) as error:
        raise ValueError("not a hash of ours") from error
    if not (2**10 <= n <= 2**20 and n & (n - 1) == 0 and 1 <= r <= 32 and 1 <= p <= 16 and salt and len(key) == _KEY):
        raise ValueError("not a hash of ours")
    return salt, key, (n, r, p)


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    secret = unicodedata.normalize("NFC", password).encode("utf-8", "replace")
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=2 * 128 * n * r + 2**20, dklen=_KEY)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
