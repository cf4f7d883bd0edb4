"""A session sees one reseller's rows: by the ORM's criterion first, by row security second."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import aliased

from portal.accounts.models import Client, Person, SubAccount
from portal.infra import outgoing
from portal.infra.db import (
    Database,
    DatabaseUnfit,
    NoReseller,
    ResellerSession,
    WrongReseller,
    advisory_lock,
    as_psycopg,
    in_scope_of,
)
from portal.infra.embedded_postgres import Server
from portal.notifications.models import Wording
from portal.tenancy.models import Reseller
from tests.cast import HARBOUR, SUNNY, Cast


def wording(**facts: object) -> Wording:
    return Wording(
        **{"notice": "activated", "language": "en", "subject": "s", "body": "b", **facts}
    )


@pytest.fixture
def homeless(shared_database: Database) -> Iterator[ResellerSession]:
    """A session that somebody made without saying for whom."""
    with ResellerSession(shared_database.engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def asked(shared_database: Database) -> Iterator[list[tuple[str, object]]]:
    """What was asked of PostgreSQL, with its parameters."""
    said: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        said.append((statement, parameters))

    event.listen(shared_database.engine, "before_cursor_execute", note)
    yield said
    event.remove(shared_database.engine, "before_cursor_execute", note)


def test_without_a_reseller_no_query_is_made(homeless: ResellerSession) -> None:
    with pytest.raises(NoReseller):
        homeless.scalars(select(Client))
    with pytest.raises(NoReseller):
        homeless.get(Client, (SUNNY, 1))
    with pytest.raises(NoReseller):
        homeless.execute(delete(Client))
    with pytest.raises(NoReseller):
        _ = homeless.reseller_id


def test_without_a_reseller_plain_sql_finds_nothing(homeless: ResellerSession) -> None:
    assert homeless.scalar(text("SELECT count(*) FROM clients")) == 0
    assert homeless.scalars(select(Reseller)).all() == []


def test_without_a_reseller_no_row_is_written(homeless: ResellerSession) -> None:
    homeless.add(wording())
    with pytest.raises(NoReseller):
        homeless.flush()


def test_across_resellers_there_is_no_one_reseller(shared_database: Database) -> None:
    with shared_database.across_resellers() as session:
        with pytest.raises(NoReseller):
            _ = session.reseller_id
        assert {SUNNY, HARBOUR} <= set(session.scalars(select(Client.reseller_id)))


def test_a_row_without_an_owner_is_not_written_across_resellers(
    shared_database: Database,
) -> None:
    with shared_database.across_resellers() as session:
        session.add(wording())
        with pytest.raises(NoReseller):
            session.flush()


@pytest.mark.parametrize(
    "query",
    [
        select(Client.reseller_id),
        select(aliased(Client).reseller_id),
        select(Person.reseller_id).join(Client, Client.id == Person.client_id),
        select(Client.reseller_id).where(Client.reseller_id == HARBOUR),
        select(Client.reseller_id).where(Client.id.in_(select(SubAccount.client_id))),
        select(Client.reseller_id).union_all(select(Person.reseller_id)),
    ],
)
def test_the_criterion_is_on_every_query(session: ResellerSession, query: object) -> None:
    assert set(session.scalars(query)) <= {SUNNY}


def test_the_criterion_is_the_first_wall(
    session: ResellerSession, asked: list[tuple[str, object]]
) -> None:
    """Row security would hide a missing one, so that the statement itself is looked at."""
    session.scalars(select(Client)).all()
    session.get(Client, (HARBOUR, 1))
    session.execute(update(Client).values(phone=""))
    session.execute(delete(Wording))
    statements = [each for each in asked if "set_config" not in each[0]]
    assert len(statements) == 4
    for statement, parameters in statements:
        assert "reseller_id = %(" in statement
        assert SUNNY in dict(parameters).values()


def test_sessions_take_turns_without_seeing_each_others_rows(shared_database: Database) -> None:
    """The criterion is compiled once and kept: its value must not be."""
    for _ in range(3):
        for reseller in (SUNNY, HARBOUR):
            with shared_database.session(reseller) as session:
                assert set(session.scalars(select(Client.reseller_id))) == {reseller}
                assert set(session.scalars(text("SELECT reseller_id FROM clients"))) == {reseller}


def test_a_row_of_another_reseller_is_not_there(session: ResellerSession, cast: Cast) -> None:
    assert session.get(Client, (SUNNY, cast.alice.client_id)) is not None
    assert session.get(Client, (HARBOUR, cast.berta.client_id)) is None
    assert session.get(Client, (SUNNY, cast.berta.client_id)) is None


def test_another_resellers_row_is_neither_changed_nor_deleted(
    session: ResellerSession, cast: Cast
) -> None:
    berta = Client.id == cast.berta.client_id
    changed = session.execute(update(Client).where(berta).values(phone="1").returning(Client.id))
    assert changed.all() == []
    assert session.execute(delete(Client).where(berta).returning(Client.id)).all() == []


def test_a_new_row_gets_the_sessions_reseller(session: ResellerSession) -> None:
    made = wording(language="pl")
    session.add(made)
    session.flush()
    assert made.reseller_id == SUNNY


def test_a_row_that_says_another_reseller_is_refused(session: ResellerSession) -> None:
    session.add(wording(reseller_id=HARBOUR))
    with pytest.raises(WrongReseller):
        session.flush()


def test_a_row_cannot_be_moved_to_another_reseller(session: ResellerSession) -> None:
    made = wording()
    session.add(made)
    session.flush()
    made.reseller_id = HARBOUR
    with pytest.raises(WrongReseller):
        session.flush()


def test_an_insert_past_the_unit_of_work_is_refused_by_postgres(session: ResellerSession) -> None:
    row = {"notice": "x", "language": "en", "subject": "s", "body": "b", "reseller_id": HARBOUR}
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(insert(Wording), [row])


def test_a_row_cannot_refer_to_another_resellers(session: ResellerSession, cast: Cast) -> None:
    """The foreign key has the reseller in it, so that a stranger's id is no id."""
    with pytest.raises(IntegrityError):
        session.execute(
            update(Person)
            .where(Person.id == cast.alice.owner.person_id)
            .values(client_id=cast.berta.client_id)
        )


def test_the_setting_ends_with_its_transaction(shared_database: Database) -> None:
    """Connections go back to the pool, and the next one to use them may be anybody."""
    read = text("SELECT current_setting('app.reseller', true)")
    only = Database(shared_database.url, pool_size=1)
    with only.session(SUNNY) as session:
        assert session.scalar(read) == str(SUNNY)
        session.commit()
        assert session.scalar(read) == str(SUNNY)
    with only.engine.connect() as connection:
        assert connection.scalar(read) in {"", None}
    only.close()


def test_the_operator_is_a_reseller_like_others(shared_database: Database) -> None:
    with shared_database.session(0) as session:
        assert session.reseller_id == 0
        assert set(session.scalars(select(Person.reseller_id))) == {0}
        assert session.scalars(select(Client)).all() == []


def test_open_transactions_are_counted(shared_database: Database) -> None:
    """`outgoing` refuses to call outside while one is open."""
    with shared_database.session(SUNNY) as session:
        with outgoing.call("nobody"):
            pass
        session.scalar(text("SELECT 1"))
        with session.begin_nested(), pytest.raises(outgoing.CalledInsideTransaction):
            outgoing.assert_no_transaction()
        session.rollback()
        with outgoing.call("nobody"):
            pass


def test_a_mighty_role_is_refused(server: Server) -> None:
    mighty = Database(server.superuser_url)
    with pytest.raises(DatabaseUnfit) as refused:
        mighty.open()
    mighty.close()
    assert str(refused.value) == (
        "The database role postgres is a superuser, so it would see every reseller's rows;"
        " use one made with: CREATE ROLE portal LOGIN NOSUPERUSER NOBYPASSRLS."
    )


def test_a_database_that_is_away_is_refused() -> None:
    with pytest.raises(DatabaseUnfit) as refused:
        Database("postgresql://portal@127.0.0.1:1/portal").open()
    said = str(refused.value)
    assert said.startswith("The database cannot be reached: ")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("postgresql://u:p@h:5/d", "postgresql+psycopg://u:p@h:5/d"),
        ("postgres://u@h/d?sslmode=require", "postgresql+psycopg://u@h/d?sslmode=require"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
)
def test_addresses_are_read_for_psycopg(given: str, taken: str) -> None:
    assert as_psycopg(given) == taken


def test_a_page_never_waits_for_long(session: ResellerSession) -> None:
    shown = {
        name: session.scalar(text("SELECT current_setting(:n)"), {"n": name})
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    }
    assert shown == {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "30s",
    }
    assert session.scalar(text("SELECT current_setting('timezone')")) == "UTC"


def test_a_connection_that_died_in_the_pool_is_replaced(shared_database: Database) -> None:
    only = Database(shared_database.url, pool_size=1)
    with only.session(SUNNY) as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    with shared_database.session(SUNNY) as session:
        session.execute(text("SELECT pg_terminate_backend(:p)"), {"p": pid})
    with only.session(SUNNY) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != pid
    only.close()


def test_an_advisory_lock_lets_one_in(shared_database: Database) -> None:
    order: list[str] = []

    def second() -> None:
        with advisory_lock(shared_database.engine, 7):
            order.append("second")

    waiting = threading.Thread(target=second)
    with advisory_lock(shared_database.engine, 7):
        waiting.start()
        time.sleep(0.2)
        order.append("first")
    waiting.join(timeout=10)
    assert order == ["first", "second"]


def test_an_advisory_lock_ends_with_an_error(shared_database: Database) -> None:
    with pytest.raises(KeyError), advisory_lock(shared_database.engine, 8):
        raise KeyError
    with advisory_lock(shared_database.engine, 8), shared_database.engine.connect() as other:
        free = other.scalar(text("SELECT pg_try_advisory_lock(8)"))
        assert free is False


def test_the_locks_connection_goes_back_as_it_came(shared_database: Database) -> None:
    only = Database(shared_database.url, pool_size=1)
    with advisory_lock(only.engine, 9):
        pass
    with only.engine.connect() as connection:
        assert connection.scalar(text("SELECT current_setting('lock_timeout')")) == "5s"
    only.close()


def test_a_statement_that_takes_too_long_is_stopped(shared_database: Database) -> None:
    with shared_database.session(SUNNY) as session:
        session.execute(text("SET LOCAL statement_timeout = 50"))
        with pytest.raises(OperationalError, match="statement timeout"):
            session.execute(text("SELECT pg_sleep(5)"))


def test_another_reseller_is_seen_inside_of_a_transaction(session: ResellerSession) -> None:
    counted = text("SELECT count(DISTINCT reseller_id), min(reseller_id) FROM clients")
    with in_scope_of(session, HARBOUR) as beside:
        assert beside.reseller_id == HARBOUR
        assert tuple(beside.execute(counted).one()) == (1, HARBOUR)
        assert {each.reseller_id for each in beside.scalars(select(Client))} == {HARBOUR}
        beside.add(wording())
    assert tuple(session.execute(counted).one()) == (1, SUNNY)
    assert session.scalars(select(Wording)).all() == []
    with in_scope_of(session, HARBOUR) as beside:
        assert len(beside.scalars(select(Wording)).all()) == 1


def test_what_fails_there_is_undone_there_only(session: ResellerSession) -> None:
    session.add(wording())
    with pytest.raises(IntegrityError), in_scope_of(session, HARBOUR) as beside:
        beside.add_all([wording(), wording()])
    assert len(session.scalars(select(Wording)).all()) == 1
    with in_scope_of(session, HARBOUR) as beside:
        assert beside.scalars(select(Wording)).all() == []


def test_both_are_undone_together(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session:
        with in_scope_of(session, HARBOUR) as beside:
            beside.add(wording())
        session.add(wording())
        session.rollback()
    for reseller_id in (SUNNY, HARBOUR):
        with database.session(reseller_id) as session:
            assert session.scalars(select(Wording)).all() == []


def test_a_row_of_the_first_is_none_of_the_others(session: ResellerSession) -> None:
    with pytest.raises(WrongReseller), in_scope_of(session, HARBOUR) as beside:
        beside.add(wording(reseller_id=SUNNY))
