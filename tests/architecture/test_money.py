"""No binary fraction stands between a price and a balance."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture import source
from tests.architecture.source import Module

MONEY = ("billing", "ledger", "messaging", "pricing", "reports", "accounts")
ELSEWHERE = ("portal.accounts.passwords",)  # seconds, not money
PAGES = ("portal.web", "portal.api")


def on_the_way_of_money() -> Iterator[Module]:
    packages = [f"portal.{name}" for name in MONEY]
    return (each for each in source.modules_in(*packages) if each.name not in ELSEWHERE)


def test_no_float_on_the_way_of_money() -> None:
    floats = [
        module.at(node)
        for module in on_the_way_of_money()
        for node in module.nodes
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert floats == []


def test_amounts_are_not_divided_into_fractions() -> None:
    """`/` of two whole numbers is a float; `//` is exact, and so is a Decimal."""
    divisions = [
        module.at(node)
        for module in on_the_way_of_money()
        for node in module.nodes
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        if not ast.unparse(node.left).startswith("Decimal(")
    ]
    assert divisions == []


def test_pages_do_not_read_amounts_as_floats() -> None:
    read = [
        module.at(node)
        for module in source.modules_in(*PAGES)
        for node in module.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"float", "round"}
    ]
    assert read == []


def test_only_the_ledger_writes_balances() -> None:
    """Accounts and transfers are changed by posting, opening and reversing, nowhere else."""
    written = re.compile(
        r"(INSERT INTO|UPDATE|DELETE FROM) +(ledger_accounts|transfers|transfer_notes)\b", re.I
    )
    writing = {module.name for module in source.modules() if written.search(module.text)}
    assert all(name.startswith("portal.ledger.") for name in writing)


def test_transfers_are_posted_in_known_places() -> None:
    """Each is a way by which a balance can change."""
    posting = {
        module.name
        for module in source.modules()
        for node in module.nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "posting.post"
    }
    assert posting == {
        "portal.accounts.cover",  # the reseller pays in, or is charged
        "portal.accounts.cover_paying",  # what it pays by a provider, and what goes back of that
        "portal.accounts.keeping",  # every other movement of a client's money
        "portal.accounts.quotas",  # parts that sub-accounts are prepaid in
        "portal.cli.bench_ledger",  # on a database that is thrown away
        "portal.messaging.inbound_paying",  # the price of what came in
        "portal.messaging.incoming_prices",  # the free parts it took
        "portal.messaging.refunding",  # what was never handed over
        "portal.messaging.sending",  # price and cost, in one
        "portal.pricing.bundles",  # free parts of a period
    }
