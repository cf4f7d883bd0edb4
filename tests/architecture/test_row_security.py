"""Every row that belongs to a reseller is behind row security, and its keys cannot leave it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import ColumnElement, ForeignKeyConstraint, select, text
from sqlalchemy.exc import DataError, ProgrammingError

from portal.infra.db import Database, ResellerSession
from tests import cast as people
from tests.architecture import tables

OWNED = sorted(tables.owned())
UNDER_ROW_SECURITY = sorted([*OWNED, "resellers"])


def owner_of(table: str) -> ColumnElement[int]:
    """The column that says whose a row is, of the bare table: the ORM adds nothing to it."""
    columns = tables.declared()[table].c
    return columns.id if table == "resellers" else columns.reseller_id


@pytest.fixture
def catalogue(shared_database: Database) -> Iterator[ResellerSession]:
    with shared_database.across_resellers() as session:
        yield session
        session.rollback()


def test_every_table_is_owned_or_says_why_not() -> None:
    declared = tables.declared()
    assert set(tables.OF_NO_RESELLER) == set(declared) - set(OWNED)


def test_the_database_has_no_other_tables(catalogue: ResellerSession) -> None:
    present = catalogue.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public' ::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relispartition"
        )
    )
    assert set(present) == {*OWNED, *tables.OF_NO_RESELLER, *tables.OF_LIBRARIES}


@pytest.mark.parametrize("table", UNDER_ROW_SECURITY)
def test_row_security_is_on_and_forced(catalogue: ResellerSession, table: str) -> None:
    """Forced, since the portal's role owns the tables and would be exempt."""
    enabled, forced = catalogue.execute(
        text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = :t ::regclass"),
        {"t": table},
    ).one()
    assert (enabled, forced) == (True, True)


@pytest.mark.parametrize("table", UNDER_ROW_SECURITY)
def test_one_policy_holds_for_reading_and_writing(catalogue: ResellerSession, table: str) -> None:
    column = "id" if table == "resellers" else "reseller_id"
    (permissive, roles, command, reads, writes) = catalogue.execute(
        text(
            "SELECT permissive, roles, cmd, qual, with_check FROM pg_policies WHERE tablename = :t"
        ),
        {"t": table},
    ).one()
    assert (permissive, roles, command) == ("PERMISSIVE", ["public"], "ALL")
    assert f"{column} = " in reads
    assert reads == writes


def test_no_partition_is_a_way_round(catalogue: ResellerSession) -> None:
    """A policy of the whole does not hold for who names a part: parts are closed altogether."""
    parts = catalogue.execute(
        text(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class c"
            " WHERE relispartition AND relkind = 'r' ORDER BY relname"
        )
    ).all()
    assert {"messages_rest", "message_events_rest"} <= {name for name, _ in parts}
    assert [name for name, closed in parts if not closed] == []


@pytest.mark.parametrize("table", UNDER_ROW_SECURITY)
def test_who_forgets_to_ask_finds_only_its_own(session: ResellerSession, table: str) -> None:
    """Plain SQL, past every criterion of the ORM, in a session of Sunny's."""
    seen = session.scalars(select(owner_of(table)).distinct()).all()
    assert set(seen) <= {people.SUNNY}


def test_each_reseller_has_rows_to_be_hidden(catalogue: ResellerSession) -> None:
    """Else the test above would pass on empty tables; these are never empty in a portal in use."""
    for table in ("clients", "people", "sub_accounts", "transfers", "packages", "hostnames"):
        seen = catalogue.scalars(select(owner_of(table)).distinct()).all()
        assert {people.SUNNY, people.HARBOUR} <= set(seen), table


def test_a_row_of_another_reseller_is_not_written(session: ResellerSession) -> None:
    written = text(
        "INSERT INTO wordings (reseller_id, notice, language, subject, body)"
        " VALUES (:reseller, 'activated', 'en', 's', 'b')"
    )
    session.execute(written, {"reseller": people.SUNNY})
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(written, {"reseller": people.HARBOUR})


def test_a_row_is_not_given_away(session: ResellerSession) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(text("UPDATE packages SET reseller_id = :other"), {"other": people.HARBOUR})


def test_without_a_reseller_nothing_is_seen(shared_database: Database) -> None:
    with shared_database.engine.connect() as connection:
        for table in UNDER_ROW_SECURITY:
            assert connection.scalars(select(owner_of(table))).all() == [], table


@pytest.mark.parametrize(
    "setting", ["", "1 OR 1=1", "*1", "-1", "1.0", "١", "99999999999999999999"]
)
def test_a_setting_that_names_no_reseller_shows_nothing(
    shared_database: Database, setting: str
) -> None:
    with shared_database.engine.connect() as connection:
        connection.execute(text("SELECT set_config('app.reseller', :s, true)"), {"s": setting})
        # A number that no id can be is refused, which shows nothing either.
        with suppress(DataError):
            assert connection.scalar(text("SELECT count(*) FROM clients")) == 0


@pytest.mark.parametrize("table", OWNED)
def test_keys_begin_with_the_reseller(table: str) -> None:
    assert next(column.name for column in tables.owned()[table].primary_key) == "reseller_id"


@pytest.mark.parametrize("table", OWNED)
def test_indexes_begin_with_the_reseller(table: str) -> None:
    """Each query has the reseller in it; what is looked up without one is listed."""
    without = {
        index.name
        for index in tables.owned()[table].indexes
        if getattr(next(iter(index.expressions)), "name", "") != "reseller_id"
    }
    assert without <= {
        "ix_activity_by_operator",  # the operator's own acts are its own, in whichever portal
        "ix_activity_at",  # what has to be sealed is looked for over all resellers
        "ix_brands_sheet_hash",  # a stylesheet's address names no reseller
        "ix_kept_answers_created_at",  # old ones of everybody are forgotten at once
        "ix_transfers_at",  # so are days to be closed
        "uq_inbound_numbers_digits",  # a number is one reseller's, whoever else wants it
        "ix_hostnames_check_at",  # those that are due are everybody's
        "uq_hostnames_name",  # a host name decides which reseller it is
    }


@pytest.mark.parametrize("table", OWNED)
def test_foreign_keys_stay_with_the_reseller(table: str) -> None:
    """From an owned table to an owned table the reseller is the first column on both sides."""
    owned = tables.owned()
    for key in owned[table].constraints:
        if not isinstance(key, ForeignKeyConstraint):
            continue
        to = key.referred_table.name
        ours = [column.name for column in key.columns]
        theirs = [element.column.name for element in key.elements]
        if to == "resellers":
            # Of the operator's own rows, the reseller that pays it, which no other may name.
            of_payers = {"cover_months", "deposits", "invoices"}
            column = "payer_id" if table in of_payers else "reseller_id"
            assert ours in (["reseller_id"], [column])
            assert theirs == ["id"]
        else:
            assert to in owned, f"{table}{ours} leads out of the reseller to {to}"
            assert (ours[0], theirs[0]) == ("reseller_id", "reseller_id"), f"{table}{ours}"


def test_nothing_refers_to_a_partitioned_table() -> None:
    """A partition that something refers to cannot be dropped."""
    referring = {
        (table.name, key.referred_table.name)
        for table in tables.declared().values()
        for key in table.foreign_key_constraints
        if key.referred_table.name in {"messages", "message_events"}
    }
    assert referring == set()
