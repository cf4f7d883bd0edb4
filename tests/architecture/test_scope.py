"""The ways past the reseller's scope are few, and each is known by name with its reason."""

from __future__ import annotations

import ast

from tests.architecture import source

ACROSS_RESELLERS = {
    "portal.api.v1.operator_ledger": "the operator's export has everybody's books",
    "portal.callbacks.payments": "which reseller a short name is, where no host name says it",
    "portal.callbacks.inbound": "only its number says whose a message is that comes in",
    "portal.cli.apply": "which reseller a folder is about, and whose its host names are",
    "portal.cli.demo": "where there is a place for a reseller",
    "portal.cli.demo_facts": "whether there is any reseller at all",
    "portal.cli.gateways": "gateways are the operator's and of no reseller",
    "portal.cli.install": "whether there is any reseller at all, and partitions",
    "portal.cli.ledger": "the proof recomputes every reseller's books",
    "portal.cli.rates": "of which reseller the price list is",
    "portal.cli.numbers": "of which reseller a number shall be, or is",
    "portal.cli.resellers": "a list of all resellers",
    "portal.cli.themes": "how many portals have chosen each theme",
    "portal.cli.setting_up": "whether there is any reseller at all",
    "portal.http.leaks": "names of everybody else must not be found on a portal",
    "portal.leaks": "which reseller a short name is",
    "portal.http.tenants": "a host name decides which reseller it is",
    "portal.tasks.books": "seals, daily sums and proofs are of everybody's books",
    "portal.tasks.hostnames": "names whose turn it is to be looked up are everybody's",
    "portal.tasks.housekeeping": "partitions and what is forgotten are everybody's",
    "portal.tasks.mail_keys": "whose keys there are to be looked after",
    "portal.tasks.privacy": "whose messages there are to be removed, and what goes for everybody",
    "portal.tasks.transactions": "the queue is everybody's; what changes a reseller's rows is not",
    "portal.tasks.visits": "whose visits are over is asked of all at once",
    "portal.web.parts.paying_resellers": "a transfer to the operator may be of any reseller",
    "portal.web.parts.till_words": "the operator is paid in the currencies of all its resellers",
    "portal.web.operator.pages": "the operator looks at all of its resellers",
}


def test_the_way_out_is_taken_in_known_places() -> None:
    taking = {
        module.name
        for module in source.modules()
        for node in module.nodes
        if isinstance(node, ast.Attribute)
        and node.attr == "across_resellers"
        and module.name != "portal.infra.db"
    }
    assert taking == set(ACROSS_RESELLERS)


def test_no_statement_is_made_of_a_bare_table() -> None:
    """The ORM adds the reseller to queries on classes; to their tables it adds nothing."""
    bare = [
        module.at(node)
        for module in source.modules()
        for node in module.nodes
        if isinstance(node, ast.Attribute)
        and node.attr in {"__table__", "local_table", "metadata"}
        and module.name != "portal.infra.columns"
        and not module.name.startswith("portal.payments.stripe.")  # words of Stripe's objects
        and not ast.unparse(node).startswith(("importlib.metadata", "declared.metadata"))
    ]
    assert bare == []


def test_connections_are_opened_below_the_scope_in_known_places() -> None:
    """A plain connection has no reseller, so that row security shows it nothing."""
    opening = {
        module.name
        for module in source.modules()
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in {"engine", "raw_connection"}
    }
    assert opening == {
        "portal.infra.db",
        "portal.infra.migrations",  # makes the tables
    }
    connecting = {
        module.name
        for module in source.modules()
        for _, name in module.imports
        if name.split(".")[0] == "psycopg"
    }
    assert connecting == {
        "portal.infra.database_check",  # before there is a Database
        "portal.infra.embedded_postgres",  # makes the role and the database
    }


def test_no_statement_is_put_together_from_values() -> None:
    """SQL is made of constants; where a name has to be put in, the places are known."""
    formatted = {
        module.name
        for module in source.modules()
        if "sqlalchemy.text" in {name for _, name in module.imports}
        for node in module.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "text"
        if not _is_constant(node.args[0])
    }
    assert formatted == {
        "portal.infra.migrations",  # the name of a setting, from a tuple of two
        "portal.infra.partitions",  # tables have names, not parameters
        "portal.provisioning.crowds",  # the same: the tables of a bench, from a tuple
    }


def _is_constant(node: ast.expr) -> bool:
    """A literal, a constant's name, or constants put together."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.JoinedStr(values=values):
            return all(_is_constant(each) for each in values)
        case ast.FormattedValue(value=value):
            return _is_constant(value)
        case ast.Call(func=ast.Attribute(value=of, attr="format"), args=[], keywords=keywords):
            return _is_constant(of) and all(_is_constant(each.value) for each in keywords)
        case _:
            return False
