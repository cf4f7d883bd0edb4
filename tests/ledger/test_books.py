"""What is written in the books stays, and whoever changes it all the same is found out."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.infra.db import Database, ResellerSession
from portal.infra.embedded_postgres import Server
from portal.ledger import proof
from tests.cast import HARBOUR, SUNNY


@pytest.mark.parametrize("table", ["transfers", "activity"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {table} SET reseller_id = reseller_id",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
    ],
    ids=["update", "delete", "truncate"],
)
def test_rows_are_added_never_changed(session: ResellerSession, table: str, change: str) -> None:
    assert session.scalars(text(f"SELECT count(*) FROM {table}")).one() > 0  # noqa: S608 - ours
    with pytest.raises(IntegrityError, match=f"rows of {table} are added, never changed"):
        session.execute(text(change.format(table=table)))


def test_untouched_books_agree(shared_database: Database) -> None:
    with shared_database.across_resellers() as everything:
        whole = proof.prove(everything)
    with shared_database.session(SUNNY) as sunny, shared_database.session(HARBOUR) as harbour:
        books = [proof.prove(sunny), proof.prove(harbour)]

    assert whole.agrees
    assert whole.disagreements == []
    assert whole.transfers == sum(book.transfers for book in books) > 0
    assert whole.accounts == sum(book.accounts for book in books) > 0


COVER_PAYMENT = f"code = 'cover_payment' AND reseller_id = {SUNNY}"
SAYS = 1_000_000_000


def tampered(server: Server, database: Database, statement: str) -> proof.Proof:
    """The proof after somebody mighty has changed the books behind the portal's back."""
    name = database.url.rsplit("/", 1)[1].split("?")[0]
    with psycopg.connect(server.superuser_url, dbname=name) as mighty:
        mighty.execute("SET session_replication_role = replica")  # triggers are off
        mighty.execute(statement.encode())
    with database.across_resellers() as session:
        return proof.prove(session)


@pytest.mark.parametrize(
    ("change", "row", "says", "adds_up_to"),
    [
        ("UPDATE ledger_accounts SET credits = credits + 7", "credits", SAYS + 7, SAYS),
        ("UPDATE ledger_accounts SET debits = debits + 3", "debits", 3, 0),
    ],
    ids=["raised", "forgiven"],
)
def test_a_balance_that_was_changed_is_named(
    server: Server, database: Database, *, change: str, row: str, says: int, adds_up_to: int
) -> None:
    found = tampered(server, database, f"{change} WHERE code = 'cover' AND reseller_id = {SUNNY}")

    assert not found.agrees
    (wrong,) = found.disagreements
    assert (wrong.reseller_id, wrong.says, wrong.adds_up_to) == (SUNNY, says, adds_up_to)
    assert wrong.row.endswith(f"(cover, USD) {row}")
    assert str(wrong) == (
        f"reseller {SUNNY}, {wrong.row}: says {says}, transfers add up to {adds_up_to}"
    )


@pytest.mark.parametrize(
    ("change", "adds_up_to"),
    [("UPDATE transfers SET amount = 1", 1), ("DELETE FROM transfers", 0)],
    ids=["changed", "deleted"],
)
def test_a_transfer_that_was_tampered_with_is_named_by_its_account(
    server: Server, database: Database, change: str, adds_up_to: int
) -> None:
    found = tampered(server, database, f"{change} WHERE {COVER_PAYMENT}")

    (wrong,) = found.disagreements
    assert (wrong.says, wrong.adds_up_to) == (SAYS, adds_up_to)
    assert wrong.row.endswith("(cover, USD) credits")
