"""Sessions in browsers: when they hold, and everything that ends them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts import clients, sessions
from portal.accounts.actor import Actor
from portal.accounts.models import Client, Person
from portal.accounts.session_models import SignedIn
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.tenancy import resellers
from tests.cast import Cast

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)
HOST = "sunny.localhost"


def start(session: ResellerSession, actor: Actor, host: str = HOST) -> str:
    person = session.get(Person, (actor.reseller_id, actor.person_id))
    assert person is not None
    token = sessions.start(
        session, person=person, host=host, address="192.0.2.1", browser="b" * 999
    )
    session.flush()
    return token


def holds(session: ResellerSession, token: str, host: str = HOST) -> bool:
    session.expire_all()
    return sessions.find(session, token=token, host=host) is not None


def test_a_session_is_its_person_on_its_host(session: ResellerSession, cast: Cast) -> None:
    token = start(session, cast.alice.owner)
    assert not holds(session, token, "other.localhost")
    found = sessions.find(session, token=token, host=HOST)
    assert found is not None
    assert found.person.id == cast.alice.owner.person_id
    assert found.client is not None
    assert found.client.id == cast.alice.client_id
    assert found.viewed is None


def test_the_cookie_is_kept_nowhere(session: ResellerSession, cast: Cast) -> None:
    token = start(session, cast.sam)
    row = session.scalars(select(SignedIn).where(SignedIn.person_id == cast.sam.person_id)).one()
    assert (len(token), row.hash) == (43, signing.digest(token))
    assert len(row.browser) == 300


def test_it_is_of_no_use_at_another_reseller(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    token = start(session, cast.sam)
    assert sessions.find(harbour_session, token=token, host=HOST) is None


@pytest.mark.parametrize(
    "token", ["", "x", "é" * 43, "\ud800" * 43, "a" * 43, "a" * 44, "a b" * 15]
)
def test_what_is_no_token_is_nobody(session: ResellerSession, token: str) -> None:
    assert sessions.find(session, token=token, host=HOST) is None


def test_it_ends_twelve_hours_after_its_last_use(session: ResellerSession, cast: Cast) -> None:
    with clock.pretending(NOON):
        token = start(session, cast.sam)
    with clock.pretending(NOON + timedelta(hours=11, minutes=59)):
        assert holds(session, token)
        sessions.seen(session, token=token)
    with clock.pretending(NOON + timedelta(hours=23)):
        assert holds(session, token)
    with clock.pretending(NOON + timedelta(hours=24)):
        assert not holds(session, token)


def test_it_ends_fourteen_days_after_its_first(session: ResellerSession, cast: Cast) -> None:
    with clock.pretending(NOON):
        token = start(session, cast.sam)
    for hours in range(11, 14 * 24, 11):
        with clock.pretending(NOON + timedelta(hours=hours)):
            assert holds(session, token)
            sessions.seen(session, token=token)
    with clock.pretending(NOON + timedelta(days=14)):
        assert not holds(session, token)


def test_a_new_epoch_ends_it(session: ResellerSession, cast: Cast) -> None:
    token = start(session, cast.sam)
    person = session.get(Person, (cast.sam.reseller_id, cast.sam.person_id))
    assert person is not None
    person.auth_epoch += 1
    session.flush()
    assert not holds(session, token)


def test_suspension_does_not_end_it_closing_does(session: ResellerSession, cast: Cast) -> None:
    token = start(session, cast.alice.owner)
    clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="Checks")
    session.flush()
    assert holds(session, token)
    client = session.get(Client, (cast.alice.reseller_id, cast.alice.client_id))
    assert client is not None
    client.closed_at = NOON
    session.flush()
    assert not holds(session, token)


def test_a_suspended_reseller_has_its_portal(session: ResellerSession, cast: Cast) -> None:
    token = start(session, cast.alice.owner)
    resellers.suspend(session)
    session.flush()
    assert holds(session, token)


def test_signing_out_ends_one_and_not_the_others(session: ResellerSession, cast: Cast) -> None:
    one, other = start(session, cast.sam), start(session, cast.sam)
    sessions.end(session, token=one)
    sessions.end(session, token=one)
    assert not holds(session, one)
    assert holds(session, other)
    sessions.end_all_of(session, person_id=cast.sam.person_id or 0)
    assert not holds(session, other)


def test_a_fresh_cookie_makes_the_old_one_worth_nothing(
    session: ResellerSession, cast: Cast
) -> None:
    old = start(session, cast.sam)
    fresh = sessions.renew(session, token=old)
    assert not holds(session, old)
    assert holds(session, fresh)


def test_its_use_is_noted_once_a_minute(session: ResellerSession, cast: Cast) -> None:
    with clock.pretending(NOON):
        token = start(session, cast.sam)
    for later, lately in [(timedelta(seconds=59), True), (timedelta(seconds=60), False)]:
        with clock.pretending(NOON + later):
            found = sessions.find(session, token=token, host=HOST)
            assert found is not None
            assert found.seen_lately is lately


def test_what_holds_no_more_is_forgotten(session: ResellerSession, cast: Cast) -> None:
    with clock.pretending(NOON):
        start(session, cast.sam)
    with clock.pretending(NOON + timedelta(days=1)):
        kept = start(session, cast.sam)
        sessions.forget_old(session)
        assert holds(session, kept)
    assert session.scalar(select(func.count()).select_from(SignedIn)) == 1
