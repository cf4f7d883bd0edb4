"""Declare operations: each reads and checks what it is sent, and stands in the specification."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from portal.accounts.roles import Right
from portal.api import strict_json
from portal.api.idempotency import KeyInvalid
from portal.api.strict_json import NotJson
from portal.api.v1 import problems
from portal.api.v1.schemas import Answer, Asked
from portal.http.actor import offers, requires
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.messaging.errors import MessagingError
from portal.tenancy.display import Service, ServiceHidden

JSON = "application/json"
BODY_BYTES_MAX = 64 * 1024
_IN_PATH = re.compile(r"<(?:\w+:)?(\w+)>")

View = Callable[..., Response]


@dataclass(frozen=True, kw_only=True)
class Header:
    """A header that a request may carry."""

    name: str
    about: str
    schema: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation: where it is, who may do it, what goes in and what comes out.

    Without an `answer` it sends `media_type` that has no schema. A client that is not offered the
    `service` is refused. `refusals` are codes of its own beside those that any operation can meet.
    """

    method: str
    rule: str
    right: Right
    service: Service | None = None
    name: str = ""
    about: str = ""
    body: type[Asked] | None = None
    query: type[Asked] | None = None
    answer: type[Answer] | None = None
    media_type: str = JSON
    status: int = 200
    headers: Sequence[Header] = ()
    refusals: Sequence[str] = ()

    @property
    def path(self) -> str:
        """The rule as the specification writes it."""
        return _IN_PATH.sub(r"{\1}", self.rule)

    @property
    def path_parameters(self) -> list[str]:
        """The names in the rule."""
        return _IN_PATH.findall(self.rule)


class WrongFields(Exception):
    """A body or a query that its model refuses."""

    def __init__(self, wrong: ValidationError) -> None:
        super().__init__("fields are wrong")
        self.wrong = wrong


@dataclass(frozen=True)
class Operations:
    """The operations of one subject, in the order of their declaration, with their views."""

    declared: list[tuple[Operation, View]] = field(default_factory=list)

    def add(self, operation: Operation) -> Callable[[View], View]:
        """Make a function the view of an operation; it is called with the body and the query read.

        Its name is the operation's id, its docstring what the specification says about it.
        """

        def declare(view: View) -> View:
            about = " ".join((view.__doc__ or "").split())
            named = replace(operation, name=view.__name__, about=about)
            self.declared.append((named, view))
            return view

        return declare


def register(operations: Operations, *, on: Blueprint) -> None:
    """Give each operation its route, for those who have its right."""
    for operation, view in operations.declared:
        guarded = requires(operation.right)(_reading(operation, view))
        if operation.service is not None:
            guarded = offers(operation.service)(guarded)
        on.add_url_rule(operation.rule, operation.name, guarded, methods=[operation.method])


def translate_refusals(blueprint: Blueprint) -> None:
    """Have what is refused here, and nowhere else, answered with its facts."""
    handlers: Mapping[type[Exception], Callable[[Any], Response]] = {
        MessagingError: problems.of_message,
        KeyInvalid: problems.of_key,
        KeyReused: problems.of_key,
        StillInProgress: problems.of_key,
        ServiceHidden: problems.of_hidden,
        NotJson: problems.of_json,
        WrongFields: lambda error: problems.of_request(error.wrong),
    }
    for kind, handler in handlers.items():
        blueprint.register_error_handler(kind, handler)


def answered(
    answer: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer as JSON."""
    return Response(
        answer.model_dump_json() + "\n", status=status, content_type=JSON, headers=headers
    )


def _reading(operation: Operation, view: View) -> View:
    @functools.wraps(view)
    def read(**path: str) -> Response:
        given: dict[str, object] = dict(path)
        if operation.query is not None:
            given["query"] = _checked(operation.query, _query())
        if operation.body is not None:
            given["body"] = _checked(operation.body, _body())
        return view(**given)

    return read


def _checked(model: type[Asked], given: object) -> Asked:
    try:
        return model.model_validate(given)
    except ValidationError as wrong:
        raise WrongFields(wrong) from None


def _query() -> dict[str, object]:
    """Each name with its value; one that is given twice keeps the list, which no model takes."""
    lists = request.args.to_dict(flat=False)
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}


def _body() -> object:
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    request.max_content_length = BODY_BYTES_MAX
    return strict_json.loads(request.get_data(cache=False))
