"""Column types and mixins that every table is made of."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal.infra import ids

Id = Annotated[int, mapped_column(BigInteger, primary_key=True, default=ids.new)]
Ref = Annotated[int, mapped_column(BigInteger)]
Micros = Annotated[int, mapped_column(BigInteger)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Day = Annotated[date, mapped_column(Date)]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
Code = Annotated[str, mapped_column(String(40))]
Text = Annotated[str, mapped_column(String)]
"""Text of any length; where a form or an interface lets it in, it is bounded there."""

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The one registry of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it once, nobody changes it
        datetime: DateTime(timezone=True),
        int: Integer(),
        str: String(),
    }


class ResellerOwned:
    """A row that belongs to one reseller: its key begins with the reseller's id.

    The ORM adds the reseller in force to every query on such a table (`infra.db`), PostgreSQL does
    the same by row-level security, and foreign keys between such tables are composite.
    """

    reseller_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, sort_order=-1)


def belongs_to(table: str, column: str, *, key: str = "id") -> ForeignKeyConstraint:
    """A foreign key that cannot leave the reseller: (reseller_id, column) to (reseller_id, id)."""
    return ForeignKeyConstraint(["reseller_id", column], [f"{table}.reseller_id", f"{table}.{key}"])


def words(kind: type[enum.StrEnum], *, name: str = "") -> Enum:
    """A column of an enumeration, stored as its words and checked by the database.

    `name` tells the checks of two such columns of one table apart.
    """
    return Enum(
        kind,
        native_enum=False,
        length=20,
        values_callable=lambda members: [m.value for m in members],
        validate_strings=True,
        create_constraint=True,
        name=name or kind.__name__.lower(),
    )
