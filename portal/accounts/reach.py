"""Whether a person is let in, and which of their client's sub-accounts they reach then."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ScalarSelect, delete, func, select

from portal.accounts.models import Person, SubAccount
from portal.accounts.people_models import PersonSubAccount
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound

NAMED: Final[ScalarSelect[Sequence[int]]] = (
    select(func.array_agg(PersonSubAccount.sub_account_id))
    .where(
        PersonSubAccount.reseller_id == Person.reseller_id,
        PersonSubAccount.person_id == Person.id,
    )
    .correlate(Person)
    .scalar_subquery()
)
"""A column beside a person: the sub-accounts that are named for them, for `among`."""


LET_IN: Final = (
    Person.invited_at.is_(None),
    Person.disabled_at.is_(None),
    Person.removed_at.is_(None),
)
"""What holds of people whose sessions and keys hold, as `Person.is_let_in` says it."""


def among(person: Person, named: Sequence[int] | None) -> frozenset[int] | None:
    """What somebody reaches for whom these are named; None is all of their client's."""
    return frozenset(named or ()) if person.is_limited else None


def of_person(session: ResellerSession, person: Person) -> frozenset[int] | None:
    """What a person reaches; None is all of their client's."""
    if not person.is_limited:
        return None
    return frozenset(
        session.scalars(
            select(PersonSubAccount.sub_account_id).where(PersonSubAccount.person_id == person.id)
        )
    )


def of_people(
    session: ResellerSession, person_ids: Collection[int]
) -> dict[int, list[tuple[int, str]]]:
    """The sub-accounts that are named for each of these people, with what they are called."""
    rows = session.execute(
        select(PersonSubAccount.person_id, SubAccount.id, SubAccount.name)
        .join(SubAccount, SubAccount.id == PersonSubAccount.sub_account_id)
        .where(PersonSubAccount.person_id.in_(person_ids))
        .order_by(SubAccount.id)
    )
    found: dict[int, list[tuple[int, str]]] = {each: [] for each in person_ids}
    for person_id, sub_account_id, name in rows:
        found[person_id].append((sub_account_id, name))
    return found


def put(session: ResellerSession, person: Person, sub_account_ids: Collection[int] | None) -> None:
    """Let a person reach these sub-accounts only, or all of their client's where it is None.

    Raises:
        NotFound: one of them is not an open one of their client's.
    """
    session.execute(delete(PersonSubAccount).where(PersonSubAccount.person_id == person.id))
    person.is_limited = sub_account_ids is not None
    session.flush()  # the rows refer to the person
    if sub_account_ids is None:
        return
    own = session.scalars(
        select(SubAccount.id).where(
            SubAccount.client_id == person.client_id,
            SubAccount.closed_at.is_(None),
            SubAccount.id.in_(sub_account_ids),
        )
    ).all()
    missing = set(sub_account_ids) - set(own)
    if missing or person.client_id is None:
        raise NotFound("sub-account", min(missing, default=None))
    session.add_all(
        PersonSubAccount(person_id=person.id, client_id=person.client_id, sub_account_id=each)
        for each in sorted(own)
    )
    session.flush()  # what is read next may ask for them
