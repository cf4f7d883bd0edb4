"""A transfer that was changed, removed or added behind the portal's back is named by its id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, activity_proof
from portal.accounts.models import Activity
from portal.infra import clock, ids, seal_proof, seals
from portal.infra.db import Database, ResellerSession
from portal.infra.embedded_postgres import Server
from portal.ledger import opening, posting, sealing
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.models import Transfer
from portal.reports import proof
from tests.cast import HARBOUR, SUNNY

BOOK = sealing.BOOK
LATER = timedelta(hours=1)
"""Long enough for everything of before to be closed for good."""


def post(session: ResellerSession, *, amount: int = 5) -> int:
    """Some money that came in; the transfer's id."""
    transfer = posting.Transfer(
        debit=opening.account(session, AccountCode.RECEIVED, unit="JPY"),
        credit=opening.account(session, AccountCode.SALES, unit="JPY"),
        unit="JPY",
        amount=amount,
        code=TransferCode.PAYMENT,
        cause=ids.new(),
    )
    posting.post(session, [transfer])
    return transfer.id


def posted(database: Database, *, reseller: int = SUNNY) -> int:
    with database.session(reseller) as session, session.begin():
        return post(session)


def seal(database: Database, book: seals.Book = BOOK, *, after: timedelta = timedelta()) -> int:
    with (
        clock.pretending(clock.now() + after),
        database.across_resellers() as session,
        session.begin(),
    ):
        return seals.seal(session, book)


def found(database: Database, book: seals.Book = BOOK) -> list[str]:
    with database.across_resellers() as session:
        return list(seal_proof.disagreements(session, book))


@pytest.fixture
def tamper(server: Server, database: Database) -> Iterator[Callable[..., None]]:
    """What somebody does who is the database's superuser and has switched the triggers off."""
    name = database.url.rsplit("/", 1)[1].split("?")[0]
    with psycopg.connect(server.superuser_url, dbname=name, autocommit=True) as mighty:
        mighty.execute("SET session_replication_role = replica")

        def do(statement: str, **values: int) -> None:
            assert mighty.execute(statement.encode(), values).rowcount == 1

        yield do


@pytest.fixture
def sealed(database: Database, cast: object) -> list[int]:
    """Four transfers in two seals; nothing can be added any more where they are."""
    first = [posted(database), posted(database, reseller=HARBOUR)]
    seal(database)
    second = [posted(database), posted(database)]
    seal(database, after=LATER)
    return first + second


def test_every_column_is_sealed() -> None:
    for book, table, apart in ((BOOK, Transfer, ()), (activity.BOOK, Activity, activity.ERASABLE)):
        columns = {each.key for each in table.__mapper__.column_attrs}
        assert {*book.columns, *apart} == columns
        assert not set(book.columns) & set(apart)


def test_what_is_committed_is_sealed_once(database: Database, sealed: list[int]) -> None:
    assert found(database) == []
    assert seal(database) == 0
    with database.across_resellers() as session:
        transfers = session.scalars(text("SELECT count(*) FROM transfers")).one()
        head = seals.head(session, BOOK)
        assert seals.count(session, BOOK) == transfers
    assert head is not None
    assert head.number == 2


def test_more_than_a_batch_takes_more_than_a_seal(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(database)
    for _ in range(5):
        posted(database)
    monkeypatch.setattr(seals, "BATCH", 2)

    assert [seal(database, after=LATER) for _ in range(4)] == [2, 2, 1, 0]
    assert found(database) == []


def test_seals_are_added_never_changed(session: ResellerSession) -> None:
    seals.seal(session, BOOK)
    with pytest.raises(IntegrityError, match="rows of seals are added, never changed"):
        session.execute(text("DELETE FROM seals"))


def test_a_changed_amount_is_named(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("UPDATE transfers SET amount = amount + 1 WHERE id = %(id)s", id=sealed[2])

    assert found(database) == [
        f"reseller {SUNNY}, transfer {sealed[2]}: is not what it was in seal 2"
    ]


@pytest.mark.parametrize(
    "change",
    [
        "debit_id = credit_id, credit_id = debit_id",
        "unit = 'EUR'",
        "code = 'charge'",
        "cause_id = cause_id + 1",
        "n = 1",
        "reverses_id = 1",
        "actor_id = 1",
        "at = at + interval '1 microsecond'",
    ],
)
def test_any_change_is_named(
    database: Database, sealed: list[int], tamper: Callable[..., None], change: str
) -> None:
    tamper(f"UPDATE transfers SET {change} WHERE id = %(id)s", id=sealed[0])  # noqa: S608 - ours

    assert found(database) == [
        f"reseller {SUNNY}, transfer {sealed[0]}: is not what it was in seal 1"
    ]


def test_a_removed_row_is_named(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM transfers WHERE id = %(id)s", id=sealed[1])

    assert found(database) == [
        f"reseller {HARBOUR}, transfer {sealed[1]}: is missing, it is in seal 1"
    ]
    with database.session(SUNNY) as sunny:  # whose own rows are all there
        assert list(seal_proof.disagreements(sunny, BOOK)) == []


def test_a_row_that_went_to_another_reseller_is_named_twice(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    values = {"id": sealed[0], "to": HARBOUR}
    tamper("UPDATE transfers SET reseller_id = %(to)s WHERE id = %(id)s", **values)

    assert found(database) == [
        f"reseller {SUNNY}, transfer {sealed[0]}: is missing, it is in seal 1",
        f"reseller {HARBOUR}, transfer {sealed[0]}: was added among what was sealed already",
    ]


def test_an_added_row_is_named_and_never_sealed(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    forged = sealed[0] + 1
    tamper(
        "INSERT INTO transfers SELECT reseller_id, %(forged)s, debit_id, credit_id, unit, 1000,"
        " code, 1, 0, NULL, NULL, at FROM transfers WHERE id = %(id)s",
        id=sealed[0],
        forged=forged,
    )
    sentence = f"reseller {SUNNY}, transfer {forged}: was added among what was sealed already"

    assert found(database) == [sentence]
    with clock.pretending(clock.now() + LATER):
        posted(database)
    assert seal(database, after=LATER + LATER) == 1
    assert found(database) == [sentence]


@pytest.mark.parametrize(
    "change",
    [
        "hash = sha256(hash)",
        "open_since = open_since - interval '1 day'",
        "sealed_at = sealed_at - interval '1 second'",
    ],
)
def test_a_changed_seal_is_named(
    database: Database,
    sealed: list[int],
    tamper: Callable[..., None],
    change: str,
) -> None:
    tamper(f"UPDATE seals SET {change} WHERE number = 1")  # noqa: S608 - ours

    named = found(database)

    assert named[0] == "seal 1 of transfers: was changed, or the one before it was"
    assert named[1:] == (
        ["seal 2 of transfers: was changed, or the one before it was"]
        if change.startswith("hash")
        else []
    )


def test_a_row_changed_together_with_its_seal_is_found_by_the_seal(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM transfers WHERE id = %(id)s", id=sealed[2])
    tamper(
        "UPDATE seals SET ids = ids[2:], digests = digests[2:], reseller_ids = reseller_ids[2:]"
        " WHERE number = 2"
    )

    assert found(database) == ["seal 2 of transfers: was changed, or the one before it was"]


def test_a_removed_seal_is_named(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM seals WHERE number = 1")

    named = found(database)

    assert named[0] == "seals of transfers: 1 to 1 are missing"
    assert f"reseller {SUNNY}, transfer {sealed[0]}: was added among what was sealed already" in (
        named
    )


def test_a_newest_seal_that_was_there_before_has_to_be_there(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    with database.across_resellers() as session:
        known = seals.head(session, BOOK)
        assert list(seal_proof.disagreements(session, BOOK, known=known)) == []
    tamper("DELETE FROM seals WHERE number = 2")

    with database.across_resellers() as session:
        assert list(seal_proof.disagreements(session, BOOK, known=known)) == [
            "seal 2 of transfers: is not the one that was there before"
        ]


def test_a_transaction_that_commits_late_is_sealed_late(database: Database) -> None:
    """Two real connections: what the first has written can be seen long after a later seal."""
    with database.session(SUNNY) as late:
        late.begin()
        id_of_late = post(late)
        posted(database, reseller=HARBOUR)
        assert seal(database, after=LATER) > 0
        posted(database, reseller=HARBOUR)
        assert seal(database, after=LATER + LATER) == 1
        late.commit()

    assert found(database) == []
    assert seal(database, after=3 * LATER) == 1
    assert found(database) == []
    with database.across_resellers() as session:
        newest = session.scalars(text("SELECT ids FROM seals ORDER BY number DESC LIMIT 1")).one()
    assert newest == [id_of_late]


def test_acts_are_sealed_too(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    assert seal(database, activity.BOOK, after=LATER) > 0
    assert found(database, activity.BOOK) == []
    tamper("UPDATE activity SET about_id = 1 WHERE id = (SELECT min(id) FROM activity)")

    (sentence,) = found(database, activity.BOOK)
    assert re.fullmatch(r"reseller \d+, act \d+: is not what it was in seal 1", sentence)


def test_words_of_acts_are_proven(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    assert said_otherwise(database) == []
    tamper(
        "UPDATE activity SET details = details || '{\"more\": 1}'"
        " WHERE id = (SELECT min(id) FROM activity)"
    )
    tamper(
        "UPDATE activity SET erased_by_id = (SELECT min(id) FROM activity), words_salt = NULL,"
        " details = '{}' WHERE id = (SELECT max(id) FROM activity)"
    )

    changed, lost = said_otherwise(database)
    assert re.fullmatch(r"reseller \d+, act \d+: does not say what was recorded", changed)
    assert re.fullmatch(
        r"reseller \d+, act \d+: its words are gone, and no erasure took them", lost
    )


def said_otherwise(database: Database) -> list[str]:
    with database.across_resellers() as session:
        return list(activity_proof.disagreements(session))


@pytest.mark.parametrize(
    "change",
    [
        "details = '{}'",
        "person_name = 'Somebody else'",
        "erased_by_id = 1, words_salt = NULL",
        (
            "erased_by_id = 1, words_salt = NULL, details = '{}', person_name = '', address = '',"
            " what = 'login.succeeded'"
        ),
        (
            "erased_by_id = 1, words_salt = NULL, details = '{}', person_name = '', address = '',"
            " words_digest = words_salt"
        ),
    ],
)
def test_an_act_is_never_changed_but_by_erasing_its_words(
    database: Database, sealed: list[int], change: str
) -> None:
    with database.session(SUNNY) as session, pytest.raises(IntegrityError):
        session.execute(
            text(
                f"UPDATE activity SET {change} WHERE id ="  # noqa: S608 - from the list above
                " (SELECT min(id) FROM activity WHERE details <> '{}')"
            )
        )


def test_a_changed_row_is_named_before_all_the_sums_that_follow_from_it(
    database: Database, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("UPDATE transfers SET amount = amount + 1 WHERE id = %(id)s", id=sealed[0])
    tamper("UPDATE ledger_accounts SET credits = credits + 1 WHERE code = 'cover' AND unit = 'USD'")

    with database.across_resellers() as session:
        first, *sums = proof.prove(session).disagreements

    assert first == f"reseller {SUNNY}, transfer {sealed[0]}: is not what it was in seal 1"
    assert len(sums) == 1
