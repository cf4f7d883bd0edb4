"""Columns say the same to Python and to PostgreSQL."""

from __future__ import annotations

from enum import StrEnum

import pytest
from sqlalchemy import CheckConstraint, Table, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal.infra.columns import NAMES, Base, belongs_to, words
from portal.infra.db import ResellerSession


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Aside(DeclarativeBase):
    """A registry of this file's own, so that its table is none of the portal's."""

    metadata = Base.metadata.__class__(naming_convention=NAMES)


class Thing(Aside):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[Colour] = mapped_column(words(Colour))


@pytest.fixture
def things(session: ResellerSession) -> Table:
    table = Thing.__table__
    assert isinstance(table, Table)
    table.create(session.connection())
    return table


@pytest.mark.usefixtures("things")
def test_a_word_that_is_none_is_refused_before_it_is_written(session: ResellerSession) -> None:
    session.add(Thing(id=1, colour="green"))
    with pytest.raises(StatementError, match="'green' is not among the defined enum values"):
        session.flush()


@pytest.mark.usefixtures("things")
def test_a_word_that_is_none_is_refused_by_the_table(session: ResellerSession) -> None:
    session.execute(text("INSERT INTO things VALUES (1, 'red')"))
    with pytest.raises(IntegrityError, match="ck_things_colour"):
        session.execute(text("INSERT INTO things VALUES (2, 'green')"))


@pytest.mark.usefixtures("things")
def test_the_words_are_stored_and_come_back_as_members(session: ResellerSession) -> None:
    session.add(Thing(id=1, colour=Colour.BLUE))
    session.flush()
    session.expire_all()
    assert session.scalar(text("SELECT colour FROM things")) == "blue"
    assert session.get_one(Thing, 1).colour is Colour.BLUE


def test_constraints_have_names_that_a_migration_can_find(things: Table) -> None:
    checks = {each.name for each in things.constraints if isinstance(each, CheckConstraint)}
    assert checks == {"ck_things_colour"}
    assert things.primary_key.name == "pk_things"


def test_a_key_to_another_table_has_the_reseller_in_it() -> None:
    key = belongs_to("clients", "client_id")
    assert key.column_keys == ["reseller_id", "client_id"]
    assert [each.target_fullname for each in key.elements] == ["clients.reseller_id", "clients.id"]
