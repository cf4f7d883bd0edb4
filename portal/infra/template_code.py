"""Compiled templates, shared by the themes of a process and written down for the next one."""

from __future__ import annotations

import hashlib
import hmac
import marshal
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Final

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket, bc_magic

from portal.infra.files import write_whole

_Key = tuple[str, str, str]
_HEAD_LENGTH: Final = hashlib.sha256().digest_size
_compiled: Final[dict[_Key, CodeType]] = {}
_used: Final[set[_Key]] = set()
_written: Final[set[_Key]] = set()


class SharedCode(BytecodeCache):
    """Keeps what a template was compiled to, by its name, file and text.

    A template's own cache is by theme, and stays so: what is shared here is the code, which knows
    nothing of a theme before it is run in the environment of one.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template the code that another theme has compiled of the same file."""
        key = _key(bucket)
        bucket.code = _compiled.get(key)
        if bucket.code is not None:
            _used.add(key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was just compiled."""
        if bucket.code is not None:
            key = _key(bucket)
            _compiled[key] = bucket.code
            _used.add(key)


def take_over(file: Path, *, secret: str) -> None:
    """Use what `write_down` has left in this file.

    A file that is not there, or is not whole, or was left by another version of Jinja or Python, or
    by anybody who does not know the secret, is the same as none: its templates are compiled again.
    """
    try:
        kept = file.read_bytes()
    except OSError:
        return
    payload = kept[_HEAD_LENGTH:]
    if hmac.compare_digest(kept[:_HEAD_LENGTH], _head(payload, secret)):
        found: dict[_Key, CodeType] = marshal.loads(payload)  # noqa: S302 - signed by ourselves
        _compiled.update(found)
        _written.update(found)


def write_down(file: Path, *, secret: str) -> None:
    """Leave what this process uses to the next one; what cannot be written is not missed."""
    if _used == _written:
        return
    payload = marshal.dumps({key: _compiled[key] for key in _used})
    with suppress(OSError):
        write_whole(file, _head(payload, secret) + payload)
        _written.clear()
        _written.update(_used)


def _head(payload: bytes, secret: str) -> bytes:
    """What a file of this version and this installation begins with."""
    # Jinja's own mark says which form of its code this is, and which Python's.
    said = bc_magic + jinja2.__version__.encode() + payload
    return hmac.digest(secret.encode(), b"templates" + said, "sha256")


def _key(bucket: Bucket) -> _Key:
    # An environment without some filter has to refuse the template that uses it by itself.
    known = frozenset((*bucket.environment.filters, *bucket.environment.tests))
    # The two styles of translated text are compiled differently: only the newer one puts values in.
    newstyle = bool(getattr(bucket.environment, "newstyle_gettext", False))
    return (bucket.key, bucket.checksum, _way((newstyle, known)))


@lru_cache(maxsize=16)
def _way(environment: tuple[bool, frozenset[str]]) -> str:
    """How such an environment compiles, as one word."""
    newstyle, known = environment
    return hashlib.sha256(repr((newstyle, sorted(known))).encode()).hexdigest()
