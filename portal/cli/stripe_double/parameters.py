"""Read the forms that Stripe's library sends, and refuse what it does not declare."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any

_STEP = re.compile(r"[^\[\]]+")
_DECLARED = re.compile(r"\b(\w*Params\w+)\b")


class Wrong(Exception):
    """Stripe would refuse this, with such an error."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        kind: str = "invalid_request_error",
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, "param": param, "code": code}}


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0][c]=v` as mappings and lists."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        steps = _STEP.findall(name)
        inner = root
        for step in steps[:-1]:
            inner = inner.setdefault(step, {})
        inner[steps[-1]] = value
    found: dict[str, Any] = _lists(root)
    return found


def _lists(found: Any) -> Any:
    if not isinstance(found, dict):
        return found
    if found and all(step.isdigit() for step in found):
        return [_lists(found[step]) for step in sorted(found, key=int)]
    return {step: _lists(value) for step, value in found.items()}


def refuse_unknown(declared: str, given: dict[str, Any]) -> None:
    """See that the library declares every parameter, as in `module.SessionCreateParams`.

    Raises:
        Wrong: naming the first that it does not.
    """
    module_name, class_name = declared.rsplit(".", 1)
    module = importlib.import_module(module_name)
    _walk(module, getattr(module, class_name), given, where="")


def _walk(module: Any, declared: Any, given: dict[str, Any], *, where: str) -> None:
    for name, value in given.items():
        if name not in declared.__annotations__:
            raise Wrong(f"Received unknown parameter: {where}{name}", param=name)
        for found in _DECLARED.findall(repr(declared.__annotations__[name])):
            inner = getattr(module, found, None)
            if inner is None:
                continue
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    _walk(module, inner, each, where=f"{where}{name}.")
