"""The export is enough to recompute the books without the portal."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from portal.infra import ids, seals
from portal.infra.db import Database
from portal.ledger import sealing
from portal.messaging import sending, unreadable_reports
from portal.messaging.sending import Order
from portal.reports import export
from tests.builders.inbound import give, receive
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


def test_messages_that_came_in_are_there_with_what_they_cost(busy: Database, cast: Cast) -> None:
    with busy.session(SUNNY) as session, session.begin():
        give(session, cast.alice, fee=5_000)
        message = receive(session, "Yes, please")
        session.flush()
        session.execute(
            text("UPDATE inbound_messages SET bundle_ids = '{77}', bundle_taken = '{2}'")
        )

    found = rows(busy)

    [line] = [row for row in found if row["type"] == "inbound_message"]
    assert list(line) == [
        "type", "reseller_id", "id", "gateway_id", "upstream_id", "number_id", "client_id",
        "sub_account_id", "sender", "recipient", "text", "encoding", "parts", "wish", "sent_at",
        "received_at", "currency", "price", "bundle_ids", "bundle_taken", "paid_at", "raw",
        "redacted_at",
    ]  # fmt: skip
    assert (line["id"], line["client_id"]) == (str(message.id), str(cast.alice.client_id))
    assert (line["price"], line["currency"], line["parts"]) == (5_000, "USD", 1)
    assert (line["bundle_ids"], line["bundle_taken"]) == (["77"], [2])
    assert line["paid_at"].endswith("Z")
    charged = {
        row["cause_id"]: row["amount"]
        for row in found
        if row["type"] == "transfer" and row["code"] == "incoming_price"
    }
    assert charged == {line["id"]: 5_000}


def test_the_chain_of_seals_can_be_recomputed(busy: Database) -> None:
    with busy.across_resellers() as session, session.begin():
        for _ in range(2):
            seals.seal(session, sealing.BOOK)
            session.execute(
                text(
                    "INSERT INTO transfers SELECT reseller_id, id + 1, debit_id, credit_id, unit,"
                    " amount, code, id + 1, n, NULL, actor_id, at FROM transfers"
                    " ORDER BY id DESC LIMIT 1"
                )
            )
    exported = rows(busy)
    transfers = {row["id"]: row for row in exported if row["type"] == "transfer"}
    chain = [row for row in exported if row["type"] == "seal"]
    assert [seal["number"] for seal in chain] == [1, 2]

    before = b""
    for seal in chain:
        digests = [_sha256([_value(transfers[each], name) for name in sealing.BOOK.columns])
                   for each in seal["ids"]]  # fmt: skip
        assert [digest.hex() for digest in digests] == seal["digests"]
        head = [
            seal["book"], seal["number"], int(seal["id"]), _micros(seal["sealed_at"]),
            _micros(seal["open_since"]), _micros(seal["newest_at"]),
            [int(each) for each in seal["reseller_ids"]], [int(each) for each in seal["ids"]],
        ]  # fmt: skip
        before = hashlib.sha256(before + json.dumps(head).encode() + b"".join(digests)).digest()
        assert before.hex() == seal["hash"]


def _value(row: dict[str, Any], name: str) -> object:
    value = row[name]
    if name == "at":
        return _micros(value)
    return int(value) if name.endswith("id") and value is not None else value


def _micros(moment: str) -> int:
    return (datetime.fromisoformat(moment) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


def _sha256(values: list[object]) -> bytes:
    return hashlib.sha256(json.dumps(values).encode()).digest()


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
