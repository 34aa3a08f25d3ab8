"""API keys: a text file with one key a line, each behind a name and a colon where its owner likes."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kuchipaku.errors import BadRequest, Busy, UnknownName

log = logging.getLogger(__name__)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
"""Names of keys."""
_NAMED = re.compile(rf"({NAME.pattern}):\s+(\S.*)")
_PLACE = re.compile(r"key-\d+")
_KEY_BYTES = 16
_HINT = "one key of plain ASCII a line; or delete the file, and a secure start makes a new one"


@dataclass(frozen=True, slots=True)
class Key:
    """A key and its name; a key without one goes by its place, such as "key-1". It never shows its secret."""

    name: str
    secret: str = field(repr=False)


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys in a file, in its order.

    Raises BadRequest for a file that cannot be read, holds no key, or holds one that no header can carry.
    """
    return _some(path, _content(path))


def make_keys(path: Path) -> tuple[Key, ...]:
    """The keys in a file; an absent one is made, with one key, readable by its owner only. Raises BadRequest."""
    if not path.exists():
        _write(path, [new_secret()])
    return read_keys(path)


def add_key(path: Path, name: str) -> Key:
    """A new key in a file, which is made where it is absent.

    Raises BadRequest for an unfit name or file, Busy for a name that is taken.
    """
    if not NAME.fullmatch(name) or _PLACE.fullmatch(name):
        hint = 'up to 40 letters, digits, - and _, but not such as "key-1": those are keys without a name'
        raise BadRequest(f"{name[:60]!r} is no name for a key", hint=hint)
    content = _content(path) if path.exists() else b""
    if name in {key.name for key in _parsed(path, content)}:
        raise Busy(f"there is a key called {name!r}", hint=f"revoke it first: python -m kuchipaku keys revoke {name}")
    key = Key(name, new_secret())
    _write(path, [*_lines(path, content), f"{key.name}: {key.secret}"])
    return key


def revoke_key(path: Path, name: str) -> int:
    """Strike the key off its file; a running server refuses it from then on. How many are left.

    Raises UnknownName where no key goes by that name, BadRequest for an unfit file.
    """
    lines, keys = _lines(path, content := _content(path)), _parsed(path, content)
    kept = [line for line, key in zip(lines, keys, strict=True) if key.name != name]
    if len(kept) == len(keys):
        raise UnknownName(f"no key is called {name!r}", hint=f"known: {', '.join(k.name for k in keys) or 'none'}")
    _write(path, kept)
    return len(kept)


def holder_of(secret: str, keys: Iterable[Key]) -> Key | None:
    """The key that `secret` is. Each key takes the same time, right or wrong, and none is left out."""
    given, found = _digest(secret), None
    for key in keys:
        if hmac.compare_digest(given, _digest(key.secret)):
            found = key
    return found


def new_secret() -> str:
    """A new key of 128 bits."""
    return secrets.token_urlsafe(_KEY_BYTES)


class KeyFile:
    """The keys of a running server, as its file holds them now: a key that is struck off is refused at once."""

    def __init__(self, path: Path) -> None:
        """Raises BadRequest where the file holds no fit key."""
        self._path = path
        self._known: tuple[bytes, tuple[Key, ...]] = (b"", ())
        make_keys(path)

    def keys(self) -> tuple[Key, ...]:
        """The keys; none at all, and so nobody comes in, while the file is missing, empty or unfit."""
        try:
            content = self._path.read_bytes()
        except OSError:
            content = b""
        if content != self._known[0]:
            self._known = content, self._taken(content)
        return self._known[1]

    def _taken(self, content: bytes) -> tuple[Key, ...]:
        try:
            return _some(self._path, content)
        except BadRequest as error:
            log.error("nobody is let in: %s (%s)", error, error.hint)
            return ()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadRequest(f"there is no key file {path}", hint="make one: python -m kuchipaku keys add NAME") from None
    except OSError as error:
        raise _unusable(path, error) from error


def _some(path: Path, content: bytes) -> tuple[Key, ...]:
    """The keys. Raises BadRequest where there is none, or one that is unfit."""
    keys = _parsed(path, content)
    if not keys:
        raise BadRequest(f"{path} holds no key", hint=f"add one: python -m kuchipaku keys add NAME; {_HINT}")
    return keys


def _lines(path: Path, content: bytes) -> list[str]:
    """The lines with something on them. Raises BadRequest for what is no text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest(f"{path} is not a UTF-8 text", hint=_HINT) from None
    return [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]


def _parsed(path: Path, content: bytes) -> tuple[Key, ...]:
    """The keys, if any. Raises BadRequest that tells the line, and not what is on it."""
    keys = []
    for number, line in enumerate(_lines(path, content), 1):
        if not (line.isascii() and line.isprintable()):
            raise BadRequest(f"line {number} of {path} is no key of plain ASCII", hint=_HINT)
        named = _NAMED.fullmatch(line)
        keys.append(Key(named[1], named[2]) if named else Key(f"key-{number}", line))
    return tuple(keys)


def _write(path: Path, lines: Sequence[str]) -> None:
    """Put a new file in the place of the old one, so that nobody ever reads half of it."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> BadRequest:
    hint = "server.api_key_file names a file in a folder that exists and is yours"
    return BadRequest(f"the key file {path} cannot be used: {error.strerror}", hint=hint)
