"""A copy of a client's data: all of it, nothing of others, no secret, and no formula."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts import activity, timeline
from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.infra import clock
from portal.infra.db import Database
from portal.infra.errors import NotFound
from portal.reports import archive_making, archives
from portal.reports.archive_models import ClientArchive, ClientArchivePiece
from portal.tenancy import settings
from portal.tenancy.display import EVERYTHING
from tests.builders import keeping, paying, planted
from tests.cast import HARBOUR, SUNNY, Cast


def asked(database: Database, by: Actor, client_id: int) -> int:
    with database.session(by.reseller_id) as session, session.begin():
        return archives.ask(
            session, client_id=client_id, language="de", time_zone="Europe/Berlin", by=by
        ).id


def made(database: Database, archive_id: int, *, reseller_id: int = SUNNY) -> bool:
    with database.session(reseller_id) as session, session.begin():
        return archive_making.make(session, archive_id=archive_id)


def content(database: Database, archive_id: int) -> bytes:
    with database.session(SUNNY) as session:
        return b"".join(
            session.scalars(
                select(ClientArchivePiece.content)
                .where(ClientArchivePiece.archive_id == archive_id)
                .order_by(ClientArchivePiece.n)
            )
        )


def files(database: Database, archive_id: int) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content(database, archive_id))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file, newline="")))


@pytest.fixture
def of_alice(database: Database, cast: Cast) -> dict[str, str]:
    with database.session(SUNNY) as session, session.begin():
        planted.plant(session, cast)
    archive_id = asked(database, cast.alice.owner, cast.alice.client_id)
    assert made(database, archive_id)
    return files(database, archive_id)


def test_what_was_asked_is_there_and_no_note_of_staff(database: Database, cast: Cast) -> None:
    kinds = {timeline.Kind.ASKED: "Do you open on Sunday?", timeline.Kind.NOTE: "pays late"}
    with database.session(SUNNY) as session, session.begin():
        for kind, text in kinds.items():
            timeline.add(
                session, client_id=cast.alice.client_id, kind=kind, text=text, by=cast.alice.owner
            )
        timeline.add(
            session, client_id=cast.henry.client_id, kind="asked", text="And we?", by=cast.sam
        )
    archive_id = asked(database, cast.alice.owner, cast.alice.client_id)
    assert made(database, archive_id)
    found = files(database, archive_id)
    (question,) = rows(found["questions.csv"])
    assert (question["text"], question["by"]) == ("Do you open on Sunday?", "Alice Tester")
    assert "pays late" not in "".join(found.values())


def test_all_of_it_is_there(of_alice: dict[str, str]) -> None:
    assert list(of_alice) == [
        "README.txt", "client.csv", "people.csv", "sub_accounts.csv", "senders.csv",
        "messages.csv", "inbound.csv", "opt_outs.csv", "wallet.csv", "invoices.csv", "cards.csv",
        "top_up.csv", "consents.csv", "activity.csv", "questions.csv", "mails.csv",
    ]  # fmt: skip
    first, second = rows(of_alice["messages.csv"])
    assert (first["text"], first["to"], first["from"]) == (
        f"Dear {planted.WORD}, come at ten", planted.PHONE.removeprefix("+"), planted.SENDER,
    )  # fmt: skip
    assert (first["price"], first["currency"], first["parts"]) == ("0.0138", "USD", "1")
    assert first["accepted"].endswith(("+01:00", "+02:00"))
    assert second["id"] > first["id"]
    (came_in,) = rows(of_alice["inbound.csv"])
    assert came_in["text"] == f"This is {planted.WORD}"
    (accepted,) = rows(of_alice["consents.csv"])
    assert (accepted["page"], accepted["version"]) == ("terms", "1")
    moved = rows(of_alice["wallet.csv"])
    assert [each["kind"] for each in moved[-3:]] == ["payment", "message_price", "message_price"]
    assert moved[-1]["balance"] == str(round(float(moved[-2]["balance"]) - 0.0138, 6))
    assert "signed_up" in of_alice["activity.csv"]
    assert planted.EMAIL in of_alice["mails.csv"]


def test_no_secret_is_in_it(database: Database, of_alice: dict[str, str]) -> None:
    with database.across_resellers() as session:
        secrets = {
            *session.scalars(select(Person.password_hash).where(Person.password_hash != "")),
            *session.scalars(text("SELECT hash FROM api_keys")),
            *session.scalars(text("SELECT api_password_hash FROM sub_accounts")),
        }
    everything = "".join(of_alice.values())
    assert len(secrets) > 2
    assert not [secret for secret in secrets if secret in everything]


def test_nothing_of_others_is_in_it(of_alice: dict[str, str]) -> None:
    everything = "".join(of_alice.values())
    assert not [
        word for word in ("Hardware", "henry@", "Buchladen", "pays late") if word in everything
    ]


def test_no_cell_is_a_formula(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        person = session.get_one(Person, (SUNNY, cast.alice.owner.person_id))
        person.firstname = '=HYPERLINK("http://evil.test")'
        person.lastname = "@SUM(1)"
    archive_id = asked(database, cast.alice.owner, cast.alice.client_id)
    made(database, archive_id)
    (owner,) = rows(files(database, archive_id)["people.csv"])
    assert (owner["firstname"], owner["lastname"]) == (
        '\'=HYPERLINK("http://evil.test")',
        "'@SUM(1)",
    )


def test_who_is_shown_no_amounts_gets_none(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        planted.plant(session, cast)
    display = EVERYTHING.model_copy(update={"money": False})
    archive_id = asked(database, replace(cast.alice.owner, display=display), cast.alice.client_id)
    made(database, archive_id)
    found = files(database, archive_id)
    assert rows(found["wallet.csv"]) == []
    assert {each["price"] for each in rows(found["messages.csv"])} == {""}


def test_a_copy_is_made_once(database: Database, cast: Cast) -> None:
    archive_id = asked(database, cast.alice.owner, cast.alice.client_id)
    assert asked(database, cast.alice.owner, cast.alice.client_id) == archive_id
    assert asked(database, cast.sam, cast.alice.client_id) != archive_id
    assert made(database, archive_id)
    assert not made(database, archive_id)
    assert not made(database, archive_id, reseller_id=HARBOUR)


def test_it_grows_in_pieces(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_making, "PIECE_BYTES", 100)
    archive_id = asked(database, cast.alice.owner, cast.alice.client_id)
    made(database, archive_id)
    with database.session(SUNNY) as session:
        kept = session.get_one(ClientArchive, (SUNNY, archive_id))
        sizes = [
            len(piece)
            for n in range(1000)
            if (piece := archives.piece(session, archive_id, n)) is not None
        ]
    assert sum(sizes) == kept.bytes
    assert set(sizes[:-1]) == {100}
    assert files(database, archive_id).keys() >= {"README.txt"}


def test_whoever_did_not_ask_cannot_fetch(database: Database, cast: Cast) -> None:
    archive_id = asked(database, cast.alice.owner, cast.alice.client_id)

    def fetch(by: Actor, client_id: int) -> None:
        with database.session(by.reseller_id) as session, session.begin():
            archives.fetch(session, client_id=client_id, archive_id=archive_id, by=by)

    with pytest.raises(NotFound):
        fetch(cast.alice.owner, cast.alice.client_id)  # not made yet
    made(database, archive_id)
    for stranger, client_id in (
        (cast.sam, cast.alice.client_id),
        (cast.henry.owner, cast.henry.client_id),
        (cast.henry.owner, cast.alice.client_id),
        (cast.berta.owner, cast.alice.client_id),
    ):
        with pytest.raises(NotFound):
            fetch(stranger, client_id)
    fetch(cast.alice.owner, cast.alice.client_id)
    with database.session(SUNNY) as session:
        newest = activity.latest(session, client_id=cast.alice.client_id, limit=2)
    assert [each.what for each in newest] == ["archive.fetched", "archive.asked"]


def test_it_goes_after_a_week_and_with_the_texts_in_it(database: Database, cast: Cast) -> None:
    archive_id = asked(database, cast.alice.owner, cast.alice.client_id)
    made(database, archive_id)
    with clock.pretending(clock.now() + archives.KEPT):
        with database.session(SUNNY) as session:
            assert archives.listed(session, client_id=cast.alice.client_id, by=cast.sam) == []
        with database.across_resellers() as session, session.begin():
            archives.forget_old(session)
            assert session.scalar(text("SELECT count(*) FROM client_archive_pieces")) == 0
    with database.session(SUNNY) as session:
        now = clock.now()
        with clock.pretending(now):
            assert archives.expiry(session, oldest=now) == now + archives.KEPT
            settings.change(session, redact_after_days=30)
            soon, late = now - timedelta(days=28), now - timedelta(days=40)
            assert archives.expiry(session, oldest=None) == now + archives.KEPT
            assert archives.expiry(session, oldest=soon) == now + timedelta(days=2)
            assert archives.expiry(session, oldest=late) == now + archives.KEPT_LEAST


def test_what_nobody_makes_is_given_up(database: Database, cast: Cast) -> None:
    asked(database, cast.alice.owner, cast.alice.client_id)
    with clock.pretending(clock.now() + timedelta(hours=7)):
        with database.across_resellers() as session, session.begin():
            archives.forget_old(session)
        with database.session(SUNNY) as session:
            (given_up,) = archives.listed(
                session, client_id=cast.alice.client_id, by=cast.alice.owner
            )
            assert given_up.failed_at == clock.now()


def test_a_kept_card_is_in_it_and_nothing_to_charge_it_with(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam)
        keeping.switched_on(session, cast.alice)
    archive_id = asked(database, cast.alice.owner, cast.alice.client_id)
    assert made(database, archive_id)
    found = files(database, archive_id)
    (card,) = rows(found["cards.csv"])
    assert (card["card"], card["good_until"], card["removed"]) == ("Visa ••4242", "", "")
    (rule,) = rows(found["top_up.csv"])
    assert (rule["on"], rule["below"], rule["amount"], rule["currency"]) == (
        "yes",
        "20.00",
        "50.00",
        "USD",
    )
    assert (rule["times_a_month"], rule["sum_a_month"]) == ("3", "150.00")
    everything = "".join(found.values())
    assert not [each for each in ("cus_test_1", "pm_test_1") if each in everything]
