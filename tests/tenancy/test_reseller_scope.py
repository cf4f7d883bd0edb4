"""A session sees one reseller, twice over: the ORM says so, and so does the database."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portal.accounts.models import Client, Person, SubAccount
from portal.infra import clock, ids
from portal.infra.columns import ResellerOwned
from portal.infra.db import (
    Database,
    NoReseller,
    ResellerSession,
    WrongReseller,
)
from portal.ledger import statements
from portal.messaging.models import Message
from portal.tenancy.models import Hostname
from tests.builders.traffic import accept
from tests.cast import HARBOUR, SUNNY, Cast

OWNED = sorted(ResellerOwned.__subclasses__(), key=lambda kind: kind.__name__)


def sub_account(**values: object) -> SubAccount:
    return SubAccount(
        id=ids.new(),
        name="Spy",
        user=f"spy{ids.new()}",
        api_password_hash="",
        created_at=clock.now(),
        **values,
    )


@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: kind.__name__)
def test_rows_of_another_are_in_no_query(
    harbour_session: ResellerSession, kind: type[ResellerOwned]
) -> None:
    owners = set(harbour_session.scalars(select(kind.reseller_id)))
    assert owners <= {HARBOUR}
    table = kind.__tablename__
    raw = text(f"SELECT DISTINCT reseller_id FROM {table}")  # noqa: S608 - a table of ours
    assert set(harbour_session.scalars(raw)) == owners


def test_there_is_something_to_hide(shared_database: Database) -> None:
    with shared_database.across_resellers() as everything:
        assert set(everything.scalars(select(Client.reseller_id))) == {SUNNY, HARBOUR}
        assert set(everything.scalars(select(Hostname.reseller_id))) == {0, SUNNY, HARBOUR}


def test_a_known_id_of_another_opens_nothing(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    (message_id,) = accept(session, cast.alice)
    for key in ((SUNNY, cast.alice.client_id), (HARBOUR, cast.alice.client_id)):
        assert harbour_session.get(Client, key) is None
    assert harbour_session.get(Message, (SUNNY, message_id)) is None
    assert statements.balances(harbour_session, [cast.alice.client_id]) == {}
    everybody = select(func.count()).select_from(Client).where(Client.id == cast.alice.client_id)
    assert harbour_session.scalars(everybody).one() == 0


def test_no_change_reaches_another(harbour_session: ResellerSession, cast: Cast) -> None:
    alice = Client.id == cast.alice.client_id
    renamed = update(Client).where(alice).values(company="Stolen").returning(Client.id)
    assert harbour_session.scalars(renamed).all() == []
    assert harbour_session.scalars(delete(Person).where(Person.client_id == cast.alice.client_id)
        .returning(Person.id)).all() == []  # fmt: skip
    raw = text("UPDATE clients SET company = 'Stolen' WHERE reseller_id = 1 RETURNING id")
    assert harbour_session.scalars(raw).all() == []


def test_the_orm_refuses_to_write_for_another(harbour_session: ResellerSession, cast: Cast) -> None:
    harbour_session.add(sub_account(reseller_id=SUNNY, client_id=cast.alice.client_id))
    with pytest.raises(WrongReseller):
        harbour_session.flush()


def test_row_security_refuses_to_write_for_another(
    harbour_session: ResellerSession, cast: Cast
) -> None:
    row = {
        "reseller_id": SUNNY,
        "id": ids.new(),
        "client_id": cast.alice.client_id,
        "name": "Spy",
        "user": "spy",
        "api_password_hash": "",
        "created_at": clock.now(),
    }
    with pytest.raises(ProgrammingError, match="row-level security"):
        harbour_session.execute(insert(SubAccount.__table__), row)


def test_the_key_refuses_a_row_that_refers_to_another(
    harbour_session: ResellerSession, cast: Cast
) -> None:
    harbour_session.add(sub_account(client_id=cast.alice.client_id))
    with pytest.raises(IntegrityError, match="fk_sub_accounts_reseller_id_client_id"):
        harbour_session.flush()


def test_even_across_resellers_nothing_refers_to_another(
    shared_database: Database, cast: Cast
) -> None:
    with shared_database.across_resellers() as everything:
        everything.add(sub_account(reseller_id=HARBOUR, client_id=cast.alice.client_id))
        with pytest.raises(IntegrityError, match="fk_sub_accounts_reseller_id_client_id"):
            everything.flush()
        everything.rollback()


def test_a_new_row_is_the_sessions_own(harbour_session: ResellerSession, cast: Cast) -> None:
    made = sub_account(client_id=cast.berta.client_id)
    harbour_session.add(made)
    harbour_session.flush()
    assert made.reseller_id == HARBOUR


def test_a_session_made_for_none_refuses(shared_database: Database, cast: Cast) -> None:
    with ResellerSession(shared_database.engine) as nobodys:
        with pytest.raises(NoReseller):
            nobodys.scalars(select(Client)).all()
        with pytest.raises(NoReseller):
            nobodys.get(Client, (SUNNY, cast.alice.client_id))
        with pytest.raises(NoReseller):
            _ = nobodys.reseller_id
        assert nobodys.scalars(text("SELECT count(*) FROM clients")).one() == 0
        nobodys.add(sub_account(reseller_id=SUNNY, client_id=cast.alice.client_id))
        with pytest.raises(NoReseller):
            nobodys.flush()
        nobodys.rollback()


def test_a_row_of_nobodys_is_refused_across_resellers(
    shared_database: Database, cast: Cast
) -> None:
    with shared_database.across_resellers() as everything:
        with pytest.raises(NoReseller):
            _ = everything.reseller_id
        everything.add(sub_account(client_id=cast.alice.client_id))
        with pytest.raises(NoReseller):
            everything.flush()
        everything.rollback()


def test_the_reseller_ends_with_the_transaction(shared_database: Database) -> None:
    """The next one on the same connection may be another's."""
    with shared_database.session(SUNNY) as session, session.begin():
        assert session.scalars(text("SELECT current_setting('app.reseller')")).one() == "1"
    with shared_database.engine.connect() as connection:
        left = connection.scalar(text("SELECT current_setting('app.reseller', true)"))
        assert left in {None, ""}
        assert connection.scalar(text("SELECT count(*) FROM clients")) == 0
