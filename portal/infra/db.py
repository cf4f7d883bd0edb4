"""Sessions that see one reseller's rows and no others.

A session is made for one reseller and stays with it. The ORM adds the reseller to every query on a
`ResellerOwned` table and refuses where there is none; row-level security in PostgreSQL says the
same a second time, so that a forgotten WHERE finds nothing. `Database.across_resellers` is the one
way out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)

from portal.infra import ids, outgoing
from portal.infra.columns import ResellerOwned

EVERY_RESELLER: Final = "*"
_NO_SUCH_TABLE: Final = "42P01"
_SET_RESELLER = text("SELECT set_config('app.reseller', :reseller, true)")
_ROLE = text("SELECT rolsuper, rolbypassrls, rolname FROM pg_roles WHERE rolname = current_user")
# A page that waits longer than this is lost to its reader anyway; jobs that need more ask for it.
_TIMEOUTS = (
    "-c statement_timeout=15000 -c lock_timeout=5000"
    " -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
)


class NoReseller(RuntimeError):
    """A query or a row of some reseller's, in a session that was made for none."""


class WrongReseller(RuntimeError):
    """A row of one reseller was about to be written in a session made for another."""


class DatabaseUnfit(Exception):
    """The database cannot be used; the text says why and how to mend it."""


class ResellerSession(Session):
    """A session for one reseller, for all of them, or (by mistake) for none."""

    @property
    def reseller_id(self) -> int:
        """The reseller that this session is made for.

        Raises:
            NoReseller: in a session that is made for none, or for all.
        """
        reseller = self.info.get("reseller")
        if not isinstance(reseller, int):
            raise NoReseller("this session is not made for one reseller")
        return reseller

    @property
    def sees_all(self) -> bool:
        """Whether it is made for all resellers."""
        return self.info.get("reseller") == EVERY_RESELLER


class Database:
    """One PostgreSQL database, reached with a role that row-level security holds for."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = as_psycopg(url)
        self.engine: Engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=True,
            connect_args={"options": _TIMEOUTS, "connect_timeout": 5},
        )

    def session(self, reseller_id: int) -> ResellerSession:
        """A session for one reseller (0 is the operator itself)."""
        return self._session(reseller_id)

    def across_resellers(self) -> ResellerSession:
        """A session for work that has no reseller yet, or concerns all: hosts, dispatch, proofs."""
        return self._session(EVERY_RESELLER)

    def _session(self, reseller: int | str) -> ResellerSession:
        return ResellerSession(self.engine, expire_on_commit=False, info={"reseller": reseller})

    def open(self) -> None:
        """Connect, check the role and lease this process's node for ids.

        Raises:
            DatabaseUnfit: where the database is not reachable or has no tables yet, or its role
                could see all rows.
        """
        try:
            with self.engine.connect() as connection:
                _refuse_mighty_role(connection)
                if not ids.has_node():
                    ids.use_node(connection.scalar(text("SELECT nextval('ids_node')")) or 0)
                    connection.commit()
        except OperationalError as error:
            raise DatabaseUnfit(f"The database cannot be reached: {first_line(error)}.") from None
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != _NO_SUCH_TABLE:
                raise
            raise DatabaseUnfit(
                "The database has none of the portal's tables yet; `portal up` makes them."
            ) from None

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def as_psycopg(url: str) -> str:
    """The same address, for SQLAlchemy with psycopg 3."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def first_line(error: DBAPIError) -> str:
    """What the driver said, without the statement and without line breaks."""
    return str(error.orig).strip().split("\n", 1)[0].rstrip(".")


def _refuse_mighty_role(connection: Connection) -> None:
    superuser, bypasses, name = connection.execute(_ROLE).one()
    if superuser or bypasses:
        might = "a superuser" if superuser else "allowed to bypass row security"
        raise DatabaseUnfit(
            f"The database role {name} is {might}, so it would see every reseller's rows;"
            " use one made with: CREATE ROLE portal LOGIN NOSUPERUSER NOBYPASSRLS."
        )


@contextmanager
def in_scope_of(session: ResellerSession, reseller_id: int) -> Iterator[ResellerSession]:
    """A session for another reseller inside the same transaction: both are kept, or neither.

    For what two of them have with each other, as a reseller with the operator. What `session` has
    done so far is there; it is not to be used before the block ends.
    """
    session.flush()
    connection = session.connection()
    beside = ResellerSession(
        connection,
        expire_on_commit=False,
        info={"reseller": reseller_id},
        join_transaction_mode="create_savepoint",
    )
    try:
        with beside, beside.begin():
            yield beside
    finally:
        connection.execute(_SET_RESELLER, {"reseller": str(session.reseller_id)})


@event.listens_for(ResellerSession, "after_begin")
def _tell_postgres(session: Session, _: SessionTransaction, connection: Connection) -> None:
    """Row security reads the reseller from a setting that ends with the transaction."""
    reseller = session.info.get("reseller", "")
    connection.execute(_SET_RESELLER, {"reseller": str(reseller)})


@event.listens_for(ResellerSession, "after_transaction_create")
def _count_open(_: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        outgoing.transaction_opened()


@event.listens_for(ResellerSession, "after_transaction_end")
def _count_closed(_: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        outgoing.transaction_closed()


@event.listens_for(ResellerSession, "do_orm_execute")
def _keep_to_reseller(state: ORMExecuteState) -> None:
    reseller = state.session.info.get("reseller")
    if reseller == EVERY_RESELLER:
        return
    if reseller is None:
        if any(issubclass(mapper.class_, ResellerOwned) for mapper in state.all_mappers):
            raise NoReseller("a query on a reseller's rows in a session made for no reseller")
        return
    if not state.is_orm_statement:
        return  # statements in text name their reseller themselves, and have no criteria to take
    state.statement = state.statement.options(
        with_loader_criteria(
            ResellerOwned,
            lambda cls: cls.reseller_id == reseller,
            include_aliases=True,
            track_closure_variables=True,
        )
    )


@event.listens_for(ResellerSession, "before_flush")
def _own_new_rows(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """A new row belongs to the session's reseller; one that says otherwise is a mistake of ours."""
    reseller = session.info.get("reseller")
    for row in [*session.new, *session.dirty, *session.deleted]:
        if not isinstance(row, ResellerOwned):
            continue
        owner: int | None = row.reseller_id  # None until it is given its owner here
        if owner is None and isinstance(reseller, int):
            owner = row.reseller_id = reseller
        if owner is None or reseller is None:
            raise NoReseller(f"a {type(row).__name__} that belongs to no reseller")
        if reseller not in {EVERY_RESELLER, owner}:
            raise WrongReseller(f"{type(row).__name__} of {owner} written in {reseller}")


@contextmanager
def advisory_lock(engine: Engine, number: int) -> Iterator[None]:
    """Hold a lock of the whole database, waiting for whoever has it; ends with the connection."""
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": number})
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": number})
            connection.execute(text("RESET lock_timeout"))
            connection.execute(text("RESET statement_timeout"))
            connection.commit()
