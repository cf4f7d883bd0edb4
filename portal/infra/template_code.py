"""Compiled templates, shared by all themes of a process: most have the files of their parents."""

from __future__ import annotations

from types import CodeType
from typing import Final

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_Key = tuple[str, str, bool, frozenset[str]]
_compiled: Final[dict[_Key, CodeType]] = {}


class SharedCode(BytecodeCache):
    """Keeps what a template was compiled to, by its name, file and text.

    A template's own cache is by theme, and stays so: what is shared here is the code, which knows
    nothing of a theme before it is run in the environment of one.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template the code that another theme has compiled of the same file."""
        bucket.code = _compiled.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was just compiled."""
        if bucket.code is not None:
            _compiled[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> _Key:
    # An environment without some filter has to refuse the template that uses it by itself.
    known = frozenset((*bucket.environment.filters, *bucket.environment.tests))
    # The two styles of translated text are compiled differently: only the newer one puts values in.
    newstyle = bool(getattr(bucket.environment, "newstyle_gettext", False))
    return (bucket.key, bucket.checksum, newstyle, known)
