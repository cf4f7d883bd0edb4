"""Write the declared operations down as OpenAPI 3.1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from portal.api.v1 import problems
from portal.api.v1.operations import JSON, Operation
from portal.api.v1.schemas import Problem
from portal.http.errors import PROBLEM

_TEMPLATE = "#/components/schemas/{model}"
_ALWAYS = (
    "unauthorized",
    "forbidden",
    "service_hidden",
    "limit_reached",
    "temporarily_unavailable",
)
_SENT = ("invalid_request",)
_SENT_BODY = ("malformed_json", "too_large", "unsupported_media_type")

Model = tuple[type[BaseModel], JsonSchemaMode]
Schemas = Mapping[Any, Mapping[str, Any]]


def of(operations: Iterable[Operation], *, prefix: str) -> dict[str, Any]:
    """The specification of these operations, which are below `prefix`. It names no firm."""
    listed = list(operations)
    schemas, definitions = models_json_schema(
        sorted({m for one in listed for m in _models(one)}, key=str), ref_template=_TEMPLATE
    )
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in listed:
        paths[one.path][one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SMS API",
            "version": "1",
            "description": "Ids are strings. Amounts are decimal strings with a currency."
            " Refusals are application/problem+json with a `code`.",
        },
        "servers": [{"url": prefix}],
        "paths": dict(paths),
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models(operation: Operation) -> list[Model]:
    models: list[Model] = [(Problem, "serialization")]
    if operation.body is not None:
        models.append((operation.body, "validation"))
    if operation.answer is not None:
        models.append((operation.answer, "serialization"))
    return models


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    summary, _, description = operation.about.partition(". ")
    written: dict[str, Any] = {
        "operationId": operation.name,
        "summary": summary.removesuffix("."),
        "description": description,
        "parameters": [*_path(operation), *_query(operation), *_headers(operation)],
        "responses": _responses(operation, schemas),
        "security": [{"token": []}],
    }
    if operation.body is not None:
        schema = schemas[operation.body, "validation"]
        written["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return {name: value for name, value in written.items() if value}


def _parameter(
    place: Literal["path", "query", "header"],
    name: str,
    *,
    schema: Mapping[str, Any],
    about: str = "",
) -> dict[str, Any]:
    parameter = {"name": name, "in": place, "required": place == "path", "schema": schema}
    return {**parameter, "description": about} if about else parameter


def _path(operation: Operation) -> list[dict[str, Any]]:
    return [
        _parameter("path", name, schema={"type": "string"}) for name in operation.path_parameters
    ]


def _query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    properties = operation.query.model_json_schema()["properties"]
    return [
        _parameter(
            "query",
            name,
            schema=_bare(schema),
            about=schema.get("description", ""),
        )
        for name, schema in properties.items()
    ]


def _bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter's schema; one that may be left out is left out, and never `null`."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    chosen = choices[0] if choices else schema
    return {k: v for k, v in chosen.items() if k not in {"title", "description"}}


def _headers(operation: Operation) -> list[dict[str, Any]]:
    return [
        _parameter("header", header.name, schema=header.schema, about=header.about)
        for header in operation.headers
    ]


def _responses(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if operation.answer is not None:
        content["schema"] = schemas[operation.answer, "serialization"]
    good = {"description": "Done.", "content": {operation.media_type: content}}
    problem = {PROBLEM: {"schema": schemas[Problem, "serialization"]}}
    codes = defaultdict(list)
    for code in _refusals(operation):
        codes[str(problems.REFUSALS[code].status)].append(code)
    refused = {
        status: {"description": ", ".join(f"`{code}`" for code in met), "content": problem}
        for status, met in sorted(codes.items())
    }
    return {str(operation.status): good, **refused}


def _refusals(operation: Operation) -> Iterable[str]:
    """The codes that an operation can answer with, each once."""
    met = [*_ALWAYS, *operation.refusals]
    met += _SENT if operation.query or operation.body else ()
    met += _SENT_BODY if operation.body else ()
    return dict.fromkeys(met)
