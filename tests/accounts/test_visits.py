"""The operator's people in a reseller's place: the ticket, the leash, and what is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, api_keys, impersonation, visits
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import AlreadyViewing, LinkSpent
from portal.accounts.models import Person
from portal.accounts.roles import CLOSED_ON_VISITS, RIGHTS, VISITING, Audience, Right, Role
from portal.accounts.visit_models import Visit
from portal.accounts.visits import Visitor
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from tests.cast import Cast

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)
HOST = "sunny.localhost"
Ask = Callable[..., str]


@pytest.fixture
def olga(cast: Cast) -> Visitor:
    """The operator's owner, as a visitor."""
    return Visitor(person_id=cast.olga.person_id or 0, epoch=0, language="en")


@pytest.fixture
def ask(session: ResellerSession, cast: Cast, olga: Visitor) -> Ask:
    """A ticket of Olga's to Sunny, made at noon."""

    def issue(*, by: Actor | None = None, reason: str = "", host: str = HOST) -> str:
        with clock.pretending(NOON):
            ticket = visits.issue(
                session, by=by or cast.olga, visitor=olga, host=host, reason=reason
            )
        session.flush()
        return ticket

    return issue


def begin(session: ResellerSession, ticket: str, *, after: float = 1, host: str = HOST) -> str:
    with clock.pretending(NOON + timedelta(seconds=after)):
        return visits.begin(
            session, ticket=ticket, host=host, place_of="SunnyText", address="192.0.2.7"
        )


def inside(session: ResellerSession, token: str) -> Actor:
    visit = visits.find(session, token=token, host=HOST)
    assert visit is not None
    return visits.actor_of(visit, place_of="SunnyText", address="192.0.2.7")


def begun(session: ResellerSession) -> int:
    return session.scalar(select(func.count()).where(Visit.begun_at.is_not(None))) or 0


def test_only_the_operators_people_with_the_right_may(
    session: ResellerSession, cast: Cast, ask: Ask
) -> None:
    nobodies = [
        cast.sam,
        cast.alice.owner,
        replace(cast.olga, rights=RIGHTS[Role.OPERATOR_READER]),
        replace(cast.olga, audience=Audience.RESELLER),
        replace(cast.olga, key_id=7),
        replace(cast.olga, person_id=12345),
    ]
    for nobody in nobodies:
        with pytest.raises(NotAllowed):
            ask(by=nobody)
    assert session.scalar(select(func.count()).select_from(Visit)) == 0


def test_nobody_visits_the_operator(shared_database: Database, cast: Cast, olga: Visitor) -> None:
    with shared_database.session(0) as console, pytest.raises(NotFound):
        visits.issue(console, by=cast.olga, visitor=olga, host="console.localhost")


@pytest.mark.parametrize(
    ("after", "host"),
    [(60, HOST), (3600, HOST), (1, "other.localhost"), (1, "harbour.localhost")],
)
def test_a_ticket_that_is_late_or_on_another_host_begins_nothing(
    session: ResellerSession, ask: Ask, after: float, host: str
) -> None:
    ticket = ask()
    with pytest.raises(LinkSpent):
        begin(session, ticket, after=after, host=host)
    assert begun(session) == 0
    assert begin(session, ticket, after=59)


def test_a_ticket_begins_one_visit(session: ResellerSession, ask: Ask) -> None:
    ticket = ask()
    begin(session, ticket)
    with pytest.raises(LinkSpent):
        begin(session, ticket)
    assert begun(session) == 1


@pytest.mark.parametrize("ticket", ["", "x", "a" * 43, "ä" * 43, "a" * 5000])
def test_what_is_no_ticket_begins_nothing(session: ResellerSession, ticket: str) -> None:
    with pytest.raises(LinkSpent):
        begin(session, ticket)
    assert visits.find(session, token=ticket, host=HOST) is None


def test_a_ticket_is_of_one_reseller(
    session: ResellerSession, harbour_session: ResellerSession, ask: Ask
) -> None:
    ticket = ask()
    with pytest.raises(LinkSpent):
        begin(harbour_session, ticket)


def test_no_ticket_and_no_cookie_is_kept(session: ResellerSession, ask: Ask) -> None:
    ticket = ask()
    token = begin(session, ticket)
    row = session.scalars(select(Visit)).one()
    kept = {str(getattr(row, column.key)) for column in Visit.__mapper__.columns}
    assert not kept & {ticket, token}


def test_without_a_reason_it_is_looking_only(
    session: ResellerSession, cast: Cast, ask: Ask
) -> None:
    actor = inside(session, begin(session, ask(reason="  ")))
    assert (actor.audience, actor.rights) == (Audience.RESELLER, VISITING)
    assert (actor.name, actor.email, actor.person_id) == ("", "", cast.olga.person_id)
    assert (actor.reseller_id, actor.client_id) == (1, None)
    assert actor.viewing is not None
    assert not actor.viewing.may_act
    assert actor.viewing.until == NOON + timedelta(seconds=1, minutes=30)


def test_with_a_reason_it_is_acting_within_the_leash(session: ResellerSession, ask: Ask) -> None:
    actor = inside(session, begin(session, ask(reason="Asked by telephone")))
    assert actor.rights == RIGHTS[Role.STAFF_OWNER] - CLOSED_ON_VISITS
    assert actor.can(Right.CLIENTS_MANAGE)
    closed = {
        Right.KEYS_MANAGE, Right.PEOPLE_MANAGE, Right.CLIENTS_VIEW_AS, Right.MONEY_POST,
        Right.CLIENTS_ERASE, Right.LOGIN_LINKS_MAKE,
    }  # fmt: skip
    assert not actor.rights & closed


def test_there_is_no_going_on_to_a_client(session: ResellerSession, cast: Cast, ask: Ask) -> None:
    token = begin(session, ask(reason="Asked"))
    with pytest.raises(AlreadyViewing):
        impersonation.start(
            session, by=inside(session, token), token=token, client_id=cast.alice.client_id
        )
    with pytest.raises(AlreadyViewing):
        ask(by=inside(session, token))
    with pytest.raises(NotAllowed):
        api_keys.create(session, by=inside(session, token), name="x", scopes={Right.CLIENTS_READ})


def test_after_half_an_hour_it_is_over(session: ResellerSession, ask: Ask, olga: Visitor) -> None:
    token = begin(session, ask())
    visit = visits.find(session, token=token, host=HOST)
    assert visit is not None
    with clock.pretending(NOON + timedelta(minutes=30)):
        assert not visits.is_over(visit, olga)
    with clock.pretending(NOON + timedelta(minutes=30, seconds=1)):
        assert visits.is_over(visit, olga)


def test_it_is_over_with_the_visitors_sessions_and_right(
    session: ResellerSession, ask: Ask, olga: Visitor
) -> None:
    visit = visits.find(session, token=begin(session, ask()), host=HOST)
    assert visit is not None
    with clock.pretending(NOON + timedelta(minutes=1)):
        assert visits.is_over(visit, None)
        assert visits.is_over(visit, replace(olga, epoch=1))


def test_who_may_visit_is_looked_up_among_the_operators_people(
    shared_database: Database, cast: Cast, session: ResellerSession
) -> None:
    with shared_database.session(0) as console:
        found = visits.visitor(console, person_id=cast.olga.person_id or 0)
        assert found == Visitor(person_id=cast.olga.person_id or 0, epoch=0, language="en")
        assert visits.visitor(console, person_id=cast.sam.person_id or 0) is None
        person = console.get_one(Person, (0, cast.olga.person_id))
        person.role = Role.OPERATOR_READER
        assert visits.visitor(console, person_id=person.id) is None
        person.role, person.disabled_at = Role.OPERATOR_OWNER, NOON
        assert visits.visitor(console, person_id=person.id) is None
        console.rollback()
    with pytest.raises(ValueError, match="operator"):
        visits.visitor(session, person_id=cast.sam.person_id or 0)


def test_its_ends_are_written_without_a_name(
    session: ResellerSession, cast: Cast, ask: Ask
) -> None:
    token = begin(session, ask(reason="Asked by telephone"))
    actor = inside(session, token)
    impersonation.note_act(session, by=actor, page="reseller.settings")
    visits.end(session, by=actor)
    visits.end(session, by=actor)
    session.flush()
    assert visits.find(session, token=token, host=HOST) is None
    found = [
        (row.what, row.person_id, row.person_name, row.by_operator, row.client_id, row.details)
        for row in activity.latest(session, limit=3)
    ]
    olga = (cast.olga.person_id, "", True, None)
    assert found == [
        ("visit.stopped", *olga, {}),
        ("visit.acted", *olga, {"page": "reseller.settings"}),
        ("visit.started", *olga, {"reason": "Asked by telephone"}),
    ]


def test_who_is_in_nobodys_place_acts_for_themselves(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(ValueError, match="nobody"):
        impersonation.note_act(session, by=cast.sam, page="x")
    visits.end(session, by=cast.sam)
    assert activity.latest(session, limit=1)[0].what != "visit.stopped"


def test_what_nobody_left_is_written_down_later(
    session: ResellerSession, shared_database: Database, ask: Ask
) -> None:
    begin(session, ask())
    with clock.pretending(NOON + timedelta(minutes=20)):
        visits.lapse_overdue(session)
        assert activity.latest(session, limit=1)[0].what == "visit.started"
    with clock.pretending(NOON + timedelta(hours=2)):
        visits.lapse_overdue(session)
        visits.lapse_overdue(session)
    assert [row.what for row in activity.latest(session, limit=2)] == [
        "visit.lapsed", "visit.started",
    ]  # fmt: skip
    with shared_database.across_resellers() as everywhere:
        assert visits.overdue_resellers(everywhere) == []


def test_old_ones_are_forgotten(session: ResellerSession, ask: Ask) -> None:
    token = begin(session, ask())
    with clock.pretending(NOON + timedelta(minutes=1)):
        visits.end(session, by=inside(session, token))
    ask()
    for days, left in ((0, 2), (2, 1), (89, 1), (91, 0)):
        with clock.pretending(NOON + timedelta(days=days)):
            visits.forget_old(session)
        assert session.scalar(select(func.count()).select_from(Visit)) == left


@pytest.mark.parametrize(
    "change",
    [
        {"ticket_until": NOON + timedelta(seconds=61)},
        {"hash": "x"},
        {"hash": "x", "begun_at": NOON},
        {"hash": "x", "begun_at": NOON, "until": NOON + timedelta(minutes=31)},
        {"ended_at": NOON},
    ],
)
def test_the_database_holds_the_leash_too(
    session: ResellerSession, change: dict[str, object]
) -> None:
    row = {
        "visitor_id": 1, "visitor_epoch": 0, "host": HOST, "ticket_hash": "y", "asked_at": NOON,
        "ticket_until": NOON + timedelta(seconds=60),
    }  # fmt: skip
    session.add(Visit(**{**row, **change}))
    with pytest.raises(IntegrityError):
        session.flush()
