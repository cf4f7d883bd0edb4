"""What a key is limited to beside its scopes: addresses, days, ten of them; and what is noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, api_keys, key_refusals
from portal.accounts.errors import ExpiryPassed, TooManyKeys
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Person
from portal.accounts.roles import Right, Role
from portal.infra import clock
from portal.infra.db import ResellerSession
from tests.cast import Cast

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)
READ = {Right.MESSAGES_READ}


def refusals(session: ResellerSession) -> list[str]:
    rows = activity.latest(session, limit=20)
    return [str(row.details["refusal"]) for row in rows if row.what == "key.refused"]


def test_a_key_is_taken_from_its_networks_alone(session: ResellerSession, cast: Cast) -> None:
    _, text = api_keys.create(
        session, by=cast.alice.owner, name="Shop", scopes=READ, networks=["192.0.2.0/24"]
    )
    for address, holds in (("192.0.2.9", True), ("192.0.3.9", False), ("", False)):
        assert (api_keys.resolve(session, text, address=address) is not None) is holds


def test_a_key_ends_with_its_last_moment(session: ResellerSession, cast: Cast) -> None:
    with clock.pretending(NOON):
        with pytest.raises(ExpiryPassed):
            api_keys.create(session, by=cast.alice.owner, name="Late", scopes=READ, expires_at=NOON)
        until = NOON + timedelta(days=1)
        _, text = api_keys.create(
            session, by=cast.alice.owner, name="Shop", scopes=READ, expires_at=until
        )
    with clock.pretending(until - timedelta(seconds=1)):
        assert api_keys.resolve(session, text)
    with clock.pretending(until):
        assert api_keys.resolve(session, text) is None


def test_a_key_that_has_expired_makes_room(session: ResellerSession, cast: Cast) -> None:
    until = NOON + timedelta(days=1)
    with clock.pretending(NOON):
        for number in range(10):
            api_keys.create(
                session,
                by=cast.alice.owner,
                name=f"Key {number}",
                scopes=READ,
                expires_at=until if number == 5 else None,
            )
        with pytest.raises(TooManyKeys):
            api_keys.create(session, by=cast.alice.owner, name="More", scopes=READ)
    with clock.pretending(until):
        made, _ = api_keys.create(session, by=cast.alice.owner, name="More", scopes=READ)
        with pytest.raises(TooManyKeys):
            api_keys.create(session, by=cast.alice.owner, name="Even more", scopes=READ)
    assert made.place == 6
    names = {key.name for key in api_keys.listed(session, by=cast.alice.owner)}
    assert len(names) == 10
    assert "Key 5" not in names


@pytest.mark.parametrize(
    "change",
    [
        {"place": 11}, {"place": 0}, {"place": 1, "name": "other"}, {"place": None},
        {"revoked_at": NOON}, {"scopes": []}, {"expires_at": NOON - timedelta(days=1)},
    ],
)  # fmt: skip
def test_the_database_counts_them_too(
    session: ResellerSession, cast: Cast, change: dict[str, object]
) -> None:
    api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=READ)
    row = {
        "person_id": cast.alice.owner.person_id, "client_id": cast.alice.client_id, "name": "Next",
        "prefix": "sms_x", "hash": "h", "place": 2, "scopes": ["messages.read"], "created_at": NOON,
    }  # fmt: skip
    session.add(ApiKey(**{**row, **change}))
    with pytest.raises(IntegrityError):
        session.flush()


def test_staff_and_clients_have_places_of_their_own(session: ResellerSession, cast: Cast) -> None:
    keys = [
        api_keys.create(session, by=by, name="One", scopes={by_right})[0]
        for by, by_right in (
            (cast.alice.owner, Right.MESSAGES_READ),
            (cast.henry.owner, Right.MESSAGES_READ),
            (cast.sam, Right.MONEY_POST),
        )
    ]
    assert [key.place for key in keys] == [1, 1, 1]


def test_refused_use_is_written_once_an_hour_with_its_reason(
    session: ResellerSession, cast: Cast
) -> None:
    until = NOON + timedelta(days=1)
    with clock.pretending(NOON):
        key, text = api_keys.create(
            session,
            by=cast.alice.owner,
            name="Shop",
            scopes=READ,
            networks=["192.0.2.0/24"],
            expires_at=until,
        )
        for _ in range(3):
            key_refusals.note(session, token=text, address="198.51.100.7")
        key_refusals.note(session, token="sms_" + "x" * 27, address="198.51.100.7")
    assert refusals(session) == ["elsewhere"]
    row = activity.latest(session, limit=1)[0]
    assert (row.client_id, row.person_id, row.about_id, row.address) == (
        cast.alice.client_id, cast.alice.owner.person_id, key.id, "198.51.100.7",
    )  # fmt: skip
    with clock.pretending(NOON + timedelta(minutes=61)):
        key_refusals.note(session, token=text, address="198.51.100.7")
    with clock.pretending(until):
        key_refusals.note(session, token=text, address="192.0.2.7")
    person = session.get_one(Person, (1, cast.alice.owner.person_id))
    person.disabled_at = NOON
    with clock.pretending(NOON):
        key_refusals.note(session, token=text, address="192.0.2.7")
        person.disabled_at = None
        api_keys.revoke(session, by=cast.alice.owner, key_id=key.id)
        key_refusals.note(session, token=text, address="192.0.2.7")
    # In the order of the moments that were pretended, and not of the calls.
    assert sorted(refusals(session)) == ["elsewhere", "elsewhere", "expired", "owner", "revoked"]


def test_where_it_was_used_from_is_noted(session: ResellerSession, cast: Cast) -> None:
    key, text = api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=READ)
    for address in ("192.0.2.7", "192.0.2.8"):
        resolved = api_keys.resolve(session, text, address=address)
        assert resolved is not None
        assert not resolved.seen_lately  # another address is noted at once
        api_keys.seen(session, key_id=key.id, address=address)
        session.expire_all()
        assert session.scalar(select(ApiKey.last_used_from)) == address


def test_a_key_does_no_more_than_its_maker(session: ResellerSession, cast: Cast) -> None:
    scopes = {Right.MESSAGES_READ, Right.MESSAGES_SEND}
    _, text = api_keys.create(session, by=cast.alice.owner, name="Shop", scopes=scopes)
    session.get_one(Person, (1, cast.alice.owner.person_id)).role = Role.READER
    session.flush()
    resolved = api_keys.resolve(session, text)
    assert resolved is not None
    assert resolved.actor.rights == READ
