"""A door holds a session and hands it on: queries are written by features.

The HTTP doors (`web`, `api`, `callbacks`) call no method of a session at all: `http.unit_of_work`
opens, commits and closes it. The other two, `tasks` and `cli`, open transactions themselves, and a
job may read the one row that it is about, by its key; statements are a feature's there as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture import source
from tests.architecture.source import Module

HTTP_DOORS = ("portal.web", "portal.api", "portal.callbacks")
OTHER_DOORS = ("portal.tasks", "portal.cli")

# Nothing else in the portal has methods of these names.
OF_SESSIONS_ONLY = {
    "add_all", "begin_nested", "execute", "expunge", "get_one", "merge", "refresh", "rollback",
    "scalar", "scalars",
}  # fmt: skip
OPENS_SESSIONS = frozenset({"session", "across_resellers", "own_transaction"})
ALLOWED_TO_JOBS = frozenset({"begin", "get", "get_one"})
TELLS_FAILURES_APART = "sqlalchemy.exc."


def uses_of_sessions(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Calls of a session's methods in a module, with the method's name."""
    known = _names_of_sessions(module)
    for node in module.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of, method = node.func.value, node.func.attr
        is_session = (isinstance(of, ast.Name) and of.id in known) or _opens_session(of)
        if is_session or method in OF_SESSIONS_ONLY:
            yield node, method


def _names_of_sessions(module: Module) -> set[str]:
    """Names that are bound to a session: parameters, `with … as`, assignments."""
    names = {"session"} - {
        name.rpartition(".")[2]
        for _, name in module.imports
        if name.endswith((".session", ".session as session"))
    }
    for node in module.nodes:
        if isinstance(node, ast.arg) and _is_session_type(node.annotation):
            names.add(node.arg)
        elif isinstance(node, ast.withitem) and _opens_session(node.context_expr):
            names |= _targets(node.optional_vars)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple | ast.Name):
            names |= _assigned(node.targets[0], node.value)
    return names


def _assigned(target: ast.expr, value: ast.expr) -> set[str]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
        return {name for each, what in pairs for name in _assigned(each, what)}
    return _targets(target) if _opens_session(value) else set()


def _targets(node: ast.expr | None) -> set[str]:
    return {node.id} if isinstance(node, ast.Name) else set()


def _is_session_type(annotation: ast.expr | None) -> bool:
    return annotation is not None and ast.unparse(annotation).endswith("Session")


def _opens_session(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in OPENS_SESSIONS


def test_an_http_door_calls_no_method_of_a_session() -> None:
    uses = [
        f"{module.at(node)} {method}"
        for module in source.modules_in(*HTTP_DOORS)
        for node, method in uses_of_sessions(module)
    ]
    assert uses == []


def test_an_http_door_does_not_know_sqlalchemy() -> None:
    known = [
        module.at(node)
        for module in source.modules_in(*HTTP_DOORS)
        for node, name in module.imports
        if _of_orm(name)
    ]
    assert known == []


def test_the_clock_and_the_command_line_write_no_query() -> None:
    uses = [
        f"{module.at(node)} {method}"
        for module in source.modules_in(*OTHER_DOORS)
        for node, method in uses_of_sessions(module)
        if method not in ALLOWED_TO_JOBS
    ]
    known = [
        module.at(node)
        for module in source.modules_in(*OTHER_DOORS)
        for node, name in module.imports
        if _of_orm(name) and not name.startswith(TELLS_FAILURES_APART)
    ]
    assert uses + known == []


def test_sessions_of_requests_are_opened_in_few_places() -> None:
    opening = {
        module.name
        for module in source.modules_in(*HTTP_DOORS, "portal.http")
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"session", "across_resellers"}
        and "database" in ast.unparse(node.func.value)
    }
    assert opening == {
        "portal.api.v1.operator_ledger",  # lasts as long as the stream of the export
        "portal.web.parts.archive_rows",  # a piece of a copy at a time, while it is sent
        "portal.web.parts.paying_resellers",  # a transfer to the operator may be of any reseller
        "portal.web.parts.till_words",  # the operator is paid in the currencies of all resellers
        "portal.web.reseller.clients",  # lasts as long as the file of all clients is sent
        "portal.callbacks.payments",  # the short name in the address decides, where no host does
        "portal.callbacks.inbound",  # whose number it is decides whose session
        "portal.http.leaks",  # looks through a whole portal, in sessions of each of its roles
        "portal.http.tenants",  # whose portal it is has to be known first
        "portal.http.unit_of_work",  # everything else
        "portal.web.operator.pages",  # the operator looks at all of its resellers
    }


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("def f(session: ResellerSession): session.get(Client, 1)", ["get"]),
        ("with own_transaction() as beside:\n    beside.add(row)", ["add"]),
        ("unit_of_work.session().scalars(query)", ["scalars"]),
        ("opened, actor = unit_of_work.session(), _actor()\nopened.delete(row)", ["delete"]),
        ("anything.execute(query)", ["execute"]),
        ("operations.add(1)\nrequest.args.get('x')\nverb(session(), by=actor)", []),
    ],
)
def test_what_counts_as_a_use(written: str, found: list[str]) -> None:
    module = Module("portal.web.x", source.PACKAGE / "x.py", written, ast.parse(written))
    assert [method for _, method in uses_of_sessions(module)] == found


def _of_orm(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] in {"sqlalchemy", "psycopg"}
