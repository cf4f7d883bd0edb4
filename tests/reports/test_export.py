"""The export is enough to recompute the books without the portal."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy.exc import InternalError

from portal.infra import ids
from portal.infra.db import Database
from portal.messaging import sending, unreadable_reports
from portal.messaging.sending import Order
from portal.reports import export
from tests.cast import HARBOUR, SUNNY, Cast


def rows(database: Database, *, since: int = 0) -> list[dict[str, Any]]:
    with database.across_resellers() as session:
        return [json.loads(line) for line in export.lines(session, since=since)]


@pytest.fixture
def busy(database: Database, cast: Cast) -> Database:
    """A copy in which three messages have been sent."""
    for firm, phones in ((cast.alice, 2), (cast.berta, 1)):
        with database.session(firm.reseller_id) as session, session.begin():
            sending.accept(
                session,
                actor=firm.owner,
                sub_account_id=firm.sub_account_id,
                orders=[Order(to="+4915112345678", text="Grüße\u2028\n\U0001f600")] * phones,
            )
    return database


def test_every_column_is_there_under_its_name(busy: Database) -> None:
    first = {kind: next(r for r in rows(busy) if r["type"] == kind) for kind in
             ("account", "transfer", "message")}  # fmt: skip

    assert list(first["account"]) == [
        "type", "reseller_id", "id", "unit", "code", "owner_id", "limited", "overdraft",
        "overdraft_since", "debits", "credits",
    ]  # fmt: skip
    assert list(first["transfer"]) == [
        "type", "reseller_id", "id", "debit_id", "credit_id", "unit", "amount", "code", "cause_id",
        "n", "reverses_id", "actor_id", "at",
    ]  # fmt: skip
    assert {"acceptance_id", "price", "cost", "status", "parts", "bundle_parts"} <= set(
        first["message"]
    )


def test_ids_are_strings_in_order_and_amounts_are_whole(busy: Database) -> None:
    found = rows(busy)

    numbers = [int(row["id"]) for row in found]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)
    assert all(isinstance(row["id"], str) for row in found)
    message = next(row for row in found if row["type"] == "message")
    assert type(message["price"]) is int
    assert message["text"] == "Grüße\u2028\n\U0001f600"
    assert message["accepted_at"].endswith("Z")
    assert message["refunded_at"] is None


def test_a_line_is_a_line_for_every_reader(busy: Database) -> None:
    with busy.across_resellers() as session:
        for line in export.lines(session):
            assert line.isascii()
            assert line.splitlines() == [line.removesuffix("\n")]


def test_balances_can_be_recomputed(busy: Database) -> None:
    found = rows(busy)
    sums: dict[str, int] = defaultdict(int)
    units: dict[tuple[str, str], int] = defaultdict(int)
    accounts = {row["id"]: row for row in found if row["type"] == "account"}
    for row in found:
        if row["type"] == "transfer":
            sums[row["debit_id"]] -= row["amount"]
            sums[row["credit_id"]] += row["amount"]
            for side in ("debit_id", "credit_id"):
                assert accounts[row[side]]["unit"] == row["unit"]
                assert accounts[row[side]]["reseller_id"] == row["reseller_id"]
    for account in accounts.values():
        units[account["reseller_id"], account["unit"]] += sums[account["id"]]
        if account["limited"]:
            assert account["credits"] - account["debits"] == sums[account["id"]]
    assert {reseller for reseller, _ in units} >= {str(SUNNY), str(HARBOUR)}
    assert set(units.values()) == {0}


def test_every_message_has_its_charge(busy: Database) -> None:
    found = rows(busy)
    asked: dict[str, int] = defaultdict(int)
    charged = {
        row["cause_id"]: row["amount"]
        for row in found
        if row["type"] == "transfer" and row["code"] == "message_price"
    }
    for row in found:
        if row["type"] == "message":
            asked[row["acceptance_id"]] += row["price"]
    assert asked == charged
    assert len(asked) == 2


def test_since_leaves_out_what_is_not_newer(busy: Database) -> None:
    found = rows(busy)
    middle = int(found[len(found) // 2]["id"])

    later = rows(busy, since=middle)

    assert later == found[len(found) // 2 + 1 :]
    assert rows(busy, since=2**63 - 1) == []


def test_it_is_of_one_moment(busy: Database, cast: Cast) -> None:
    before = rows(busy)
    with busy.across_resellers() as session:
        lines = export.lines(session)
        first = next(lines)
        with busy.session(SUNNY) as other, other.begin():
            sending.accept_one(
                other,
                actor=cast.alice.owner,
                sub_account_id=None,
                order=Order(to="+12025550123", text="Meanwhile"),
            )
        rest = list(lines)
    assert [json.loads(line) for line in [first, *rest]] == before


def test_it_can_write_nothing(busy: Database) -> None:
    with busy.across_resellers() as session, closing(export.lines(session)) as lines:
        next(lines)
        unreadable_reports.keep(session, gateway_id=ids.new(), raw={})
        with pytest.raises(InternalError, match="read-only"):
            session.flush()
        session.rollback()


def test_stopping_early_leaves_the_connection_usable(busy: Database) -> None:
    with busy.across_resellers() as session, closing(export.lines(session)) as lines:
        next(lines)
    assert len(rows(busy)) > 10
