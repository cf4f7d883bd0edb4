"""Staff in a client's place: who, how far, how long, and what is written down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts import activity, impersonation, sessions
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import AlreadyViewing, WrongStanding
from portal.accounts.models import Client, Person
from portal.accounts.roles import RIGHTS, VIEW_ONLY, Audience, Right, Role
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from tests.cast import Cast

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)
HOST = "sunny.localhost"


@pytest.fixture
def token(session: ResellerSession, cast: Cast) -> str:
    """The cookie of a session of Sam's."""
    person = session.get(Person, (cast.sam.reseller_id, cast.sam.person_id))
    assert person is not None
    with clock.pretending(NOON):
        made = sessions.start(session, person=person, host=HOST, address="192.0.2.1", browser="b")
    session.flush()
    return made


def actor_now(session: ResellerSession, token: str) -> Actor:
    session.expire_all()
    recognised = sessions.find(session, token=token, host=HOST)
    assert recognised is not None
    return impersonation.actor_of(recognised, address="192.0.2.1")


def test_only_staff_with_the_right_may(session: ResellerSession, cast: Cast, token: str) -> None:
    nobodies = [
        cast.henry.owner,
        replace(cast.sam, rights=RIGHTS[Role.STAFF_READER]),
        replace(cast.sam, audience=Audience.OPERATOR),
    ]
    for nobody in nobodies:
        with pytest.raises(NotAllowed):
            impersonation.start(session, by=nobody, token=token, client_id=cast.alice.client_id)


def test_only_clients_of_ones_own_reseller(
    session: ResellerSession, cast: Cast, token: str
) -> None:
    for client_id in (cast.berta.client_id, 12345):
        with pytest.raises(NotFound):
            impersonation.start(session, by=cast.sam, token=token, client_id=client_id)


def test_not_one_who_is_not_let_in(session: ResellerSession, cast: Cast, token: str) -> None:
    with pytest.raises(WrongStanding):
        impersonation.start(session, by=cast.sam, token=token, client_id=cast.walter.client_id)


def test_not_without_a_session_of_ones_own(session: ResellerSession, cast: Cast) -> None:
    for token in ("", "a" * 43):
        with pytest.raises(NotAllowed):
            impersonation.start(session, by=cast.sam, token=token, client_id=cast.alice.client_id)


def test_without_a_reason_it_is_looking_only(
    session: ResellerSession, cast: Cast, token: str
) -> None:
    with clock.pretending(NOON):
        fresh = impersonation.start(
            session, by=cast.sam, token=token, client_id=cast.alice.client_id, reason="  "
        )
        assert sessions.find(session, token=token, host=HOST) is None
        actor = actor_now(session, fresh)
    assert actor.viewing is not None
    assert (actor.person_id, actor.name) == (cast.sam.person_id, "Sam Tester")
    assert (actor.audience, actor.client_id) == (Audience.CLIENT, cast.alice.client_id)
    assert actor.rights == VIEW_ONLY
    assert actor.viewing.place_of == "Acme"
    assert actor.viewing.until == NOON + timedelta(minutes=30)


def test_with_a_reason_it_is_acting_but_for_keys_and_paying(
    session: ResellerSession, cast: Cast, token: str
) -> None:
    with clock.pretending(NOON):
        fresh = impersonation.start(
            session, by=cast.sam, token=token, client_id=cast.alice.client_id, reason="Asked to"
        )
        actor = actor_now(session, fresh)
    closed = {Right.KEYS_MANAGE, Right.WALLET_PAY, Right.PEOPLE_MANAGE}
    assert actor.rights == RIGHTS[Role.OWNER] - closed
    assert not actor.can(Right.CLIENTS_READ)


def test_there_is_no_going_on_from_one_to_the_next(
    session: ResellerSession, cast: Cast, token: str
) -> None:
    with clock.pretending(NOON):
        fresh = impersonation.start(
            session, by=cast.sam, token=token, client_id=cast.alice.client_id, reason="Asked to"
        )
        with pytest.raises(AlreadyViewing):
            impersonation.start(
                session,
                by=actor_now(session, fresh),
                token=fresh,
                client_id=cast.henry.client_id,
            )


def test_after_half_an_hour_it_is_oneself_again(
    session: ResellerSession, cast: Cast, token: str
) -> None:
    with clock.pretending(NOON):
        fresh = impersonation.start(
            session, by=cast.sam, token=token, client_id=cast.alice.client_id, reason="Asked to"
        )
    with clock.pretending(NOON + timedelta(minutes=29, seconds=59)):
        assert actor_now(session, fresh).viewing is not None
    with clock.pretending(NOON + timedelta(minutes=30)):
        actor = actor_now(session, fresh)
        assert actor == cast.sam
        impersonation.lapse(session, by=actor, token=fresh)
        impersonation.lapse(session, by=actor, token=fresh)
        assert actor_now(session, fresh) == cast.sam
    found = [row.what for row in activity.latest(session, limit=2)]
    assert found == ["view_as.lapsed", "view_as.started"]


def test_it_ends_with_the_client_and_with_the_right(
    session: ResellerSession, cast: Cast, token: str
) -> None:
    with clock.pretending(NOON):
        fresh = impersonation.start(
            session, by=cast.sam, token=token, client_id=cast.alice.client_id, reason="Asked to"
        )
        client = session.get(Client, (cast.alice.reseller_id, cast.alice.client_id))
        person = session.get(Person, (cast.sam.reseller_id, cast.sam.person_id))
        assert client is not None
        assert person is not None
        client.closed_at = NOON
        session.flush()
        assert actor_now(session, fresh) == cast.sam
        client.closed_at = None
        person.role = Role.STAFF_BILLING
        session.flush()
        actor = actor_now(session, fresh)
    assert (actor.viewing, actor.rights) == (None, RIGHTS[Role.STAFF_BILLING])


def test_leaving_gives_a_fresh_cookie_and_oneself_back(
    session: ResellerSession, cast: Cast, token: str
) -> None:
    with clock.pretending(NOON):
        inside = impersonation.start(
            session, by=cast.sam, token=token, client_id=cast.alice.client_id
        )
        back = impersonation.stop(session, by=actor_now(session, inside), token=inside)
        assert sessions.find(session, token=inside, host=HOST) is None
        assert actor_now(session, back) == cast.sam


def test_both_ends_are_written_where_the_client_sees_them(
    session: ResellerSession, cast: Cast, token: str
) -> None:
    with clock.pretending(NOON):
        inside = impersonation.start(
            session, by=cast.sam, token=token, client_id=cast.alice.client_id, reason="Asked to"
        )
        impersonation.stop(session, by=actor_now(session, inside), token=inside)
    session.flush()
    found = [
        (row.what, row.person_id, row.acting_as_client_id, row.details)
        for row in activity.latest(session, client_id=cast.alice.client_id, limit=2)
    ]
    assert found == [
        ("view_as.stopped", cast.sam.person_id, cast.alice.client_id, {}),
        ("view_as.started", cast.sam.person_id, None, {"reason": "Asked to"}),
    ]


def test_what_nobody_left_is_written_down_later(
    session: ResellerSession, shared_database: Database, cast: Cast, token: str
) -> None:
    with clock.pretending(NOON):
        fresh = impersonation.start(
            session, by=cast.sam, token=token, client_id=cast.alice.client_id, reason="Asked to"
        )
    with clock.pretending(NOON + timedelta(minutes=29)):
        impersonation.lapse_overdue(session)
        assert actor_now(session, fresh).viewing is not None
    with clock.pretending(NOON + timedelta(hours=2)):
        impersonation.lapse_overdue(session)
        impersonation.lapse_overdue(session)
    session.flush()
    found = [(row.what, row.person_id, row.client_id) for row in activity.latest(session, limit=2)]
    assert found == [
        ("view_as.lapsed", cast.sam.person_id, cast.alice.client_id),
        ("view_as.started", cast.sam.person_id, cast.alice.client_id),
    ]
    with shared_database.across_resellers() as everywhere:
        assert impersonation.overdue_resellers(everywhere) == []
