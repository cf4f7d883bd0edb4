"""Names that resellers ask for, prove, choose, lose and release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text, update

from portal.infra import clock, outgoing
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy import hostname_rules, hostnames, own_names, proving
from portal.tenancy.hostnames import HostnameTaken
from portal.tenancy.models import Hostname
from portal.tenancy.own_names import (
    AlreadyYours,
    CannotRelease,
    NotReady,
    TooManyNames,
)
from portal.tenancy.proving import Change, Question, Seen
from portal.tenancy.statuses import Finding, GivenBy, State, pause
from tests.cast import HARBOUR, SUNNY, Cast
from tests.fakes.dns_server import FakeDns

NAME, OURS, ZONE = "sms.acme.test", "192.0.2.7", "portals.test"


@dataclass
class Steps:
    """A name of the session's, looked up with these answers."""

    session: ResellerSession
    name: str = NAME
    addresses: list[str] | None = field(default_factory=lambda: [OURS])
    texts: list[str] | None = None

    def look(self) -> Change | None:
        token = own_names.by_name(self.session, self.name).row.token
        texts = [token] if self.texts is None else self.texts
        return proving.record(
            self.session, self.name, Seen(texts=texts, addresses=self.addresses, ours=[OURS])
        )

    @property
    def state(self) -> State:
        return own_names.by_name(self.session, self.name).state

    @property
    def row(self) -> Hostname:
        return own_names.by_name(self.session, self.name).row


@pytest.fixture
def steps(session: ResellerSession) -> Steps:
    own_names.ask(session, NAME, most=3)
    return Steps(session)


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


def jobs(session: ResellerSession) -> list[str]:
    found = text(
        "SELECT args ->> 'hostname' FROM procrastinate_jobs"
        " WHERE task_name = 'hostnames.check' ORDER BY id"
    )
    return list(session.scalars(found))


def test_a_name_of_ones_own_is_not_asked_for_again(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(AlreadyYours):
        own_names.ask(session, cast.sunny_host, most=3)
    own_names.ask(session, NAME, most=3)
    with pytest.raises(AlreadyYours):
        own_names.ask(session, NAME, most=3)
    assert jobs(session) == [NAME]


def test_there_are_so_many_names_and_no_more(session: ResellerSession) -> None:
    own_names.ask(session, "a.acme.test", most=2)
    own_names.ask(session, "b.acme.test", most=2)
    with pytest.raises(TooManyNames):
        own_names.ask(session, "c.acme.test", most=2)
    own_names.release(session, "a.acme.test")
    own_names.ask(session, "c.acme.test", most=2)


def test_a_name_that_is_only_asked_for_is_nobodys(steps: Steps, session: ResellerSession) -> None:
    assert steps.state is State.WAITING
    assert len(steps.row.token) == 32
    assert hostnames.names_of(session) == ["sunny.localhost"]
    with pytest.raises(NotReady):
        own_names.make_primary(session, NAME)
    with pytest.raises(NotFound):
        own_names.by_name(session, "other.test")


def test_two_may_ask_and_one_can_prove(database: Database) -> None:
    tokens = {}
    for reseller in (SUNNY, HARBOUR):
        with database.session(reseller) as session, session.begin():
            tokens[reseller] = own_names.ask(session, NAME, most=3).row.token
    assert tokens[SUNNY] != tokens[HARBOUR]

    def prove(reseller: int, texts: list[str]) -> Change | None:
        with database.session(reseller) as session, session.begin():
            seen = Seen(texts=texts, addresses=[OURS], ours=[OURS])
            return proving.record(session, NAME, seen)

    assert prove(SUNNY, [tokens[HARBOUR]]) is None  # the record of somebody else proves nothing
    assert prove(HARBOUR, [tokens[HARBOUR]]) is Change.READY
    assert prove(SUNNY, [*tokens.values()]) is None
    with database.session(SUNNY) as session:
        found = own_names.by_name(session, NAME)
        assert (found.state, found.row.proof) == (State.WAITING, Finding.TAKEN)
        with pytest.raises(HostnameTaken):
            hostnames.add(session, NAME, primary=False)
    with database.across_resellers() as session:
        assert hostnames.belongs_to_others(session, ["x", NAME], reseller_id=SUNNY)
        assert not hostnames.belongs_to_others(session, ["x", NAME], reseller_id=HARBOUR)


@pytest.mark.parametrize(
    ("texts", "finding"),
    [([], Finding.MISSING), (["x"], Finding.OTHER), (["", "é\u2028"], Finding.OTHER)],
)
def test_without_the_record_it_stays_unproven(
    steps: Steps, texts: list[str], finding: Finding
) -> None:
    steps.texts = texts
    assert steps.look() is None
    assert (steps.state, steps.row.proof, steps.row.reach) == (
        State.WAITING,
        finding,
        Finding.RIGHT,
    )
    assert steps.row.found_texts.isprintable()
    assert steps.row.ready_at is None


def test_no_answer_says_nothing(steps: Steps) -> None:
    seen = Seen(texts=None, addresses=None, ours=[OURS])
    assert proving.record(steps.session, NAME, seen) is None
    assert (steps.row.proof, steps.row.reach) == (Finding.NO_ANSWER, Finding.NO_ANSWER)
    assert steps.look() is Change.READY
    assert proving.record(steps.session, NAME, seen) is None
    assert steps.state is State.READY


@pytest.mark.parametrize(
    ("found", "finding"),
    [
        (["mx.portals.test"], Finding.RIGHT),
        ([], Finding.MISSING),
        (["mail.acme.test"], Finding.OTHER),
        (["mx.portals.test", "mail.acme.test"], Finding.OTHER),
        (None, Finding.NO_ANSWER),
    ],
)
def test_where_the_mail_of_a_name_goes_is_noted_and_changes_nothing_else(
    steps: Steps, found: list[str] | None, finding: Finding
) -> None:
    seen = Seen(
        texts=[steps.row.token],
        addresses=[OURS],
        ours=[OURS],
        mail_host="mx.portals.test",
        mail_hosts=found,
    )
    assert proving.record(steps.session, NAME, seen) is Change.READY
    assert (steps.state, steps.row.mail) == (State.READY, finding)
    assert steps.row.found_mail_hosts == ", ".join(sorted(found or []))
    unknown = replace(seen, texts=None, addresses=None, mail_hosts=None)
    assert proving.record(steps.session, NAME, unknown) is None
    assert steps.row.mail is finding
    assert steps.look() is None  # the installation no longer takes any
    assert (steps.row.mail, steps.row.found_mail_hosts) == (Finding.UNCHECKED, "")


def test_where_our_addresses_are_not_known_no_name_leads_here(steps: Steps) -> None:
    token = steps.row.token
    seen = Seen(texts=[token], addresses=[OURS], ours=[])
    assert proving.record(steps.session, NAME, seen) is Change.PROVEN
    assert steps.state is State.PROVEN


@pytest.mark.parametrize("addresses", [[], ["192.0.2.8"], [OURS, "2001:db8::2"]])
def test_a_name_that_leads_elsewhere_as_well_is_proven_and_no_more(
    steps: Steps, session: ResellerSession, addresses: list[str]
) -> None:
    steps.addresses = addresses
    assert steps.look() is Change.PROVEN
    assert steps.state is State.PROVEN
    assert steps.row.found_addresses == ", ".join(sorted(addresses))
    with pytest.raises(NotReady):
        own_names.make_primary(session, NAME)


def test_a_ready_name_goes_into_links(steps: Steps, session: ResellerSession) -> None:
    assert steps.look() is Change.READY
    assert own_names.make_primary(session, NAME)
    assert not own_names.make_primary(session, NAME)
    assert hostnames.primary_of(session) == NAME
    assert hostnames.linked(session) == NAME
    assert own_names.make_primary(session, "sunny.localhost")  # the operator vouches for it


def test_a_name_that_fails_is_not_led_to_and_comes_back(
    steps: Steps, session: ResellerSession
) -> None:
    steps.look()
    own_names.make_primary(session, NAME)
    steps.addresses = ["192.0.2.8"]
    assert steps.look() is Change.FAILING
    assert hostnames.linked(session) == ""
    assert hostnames.primary_of(session) == NAME
    assert steps.look() is None
    steps.addresses = [OURS]
    assert steps.look() is Change.READY
    assert hostnames.linked(session) == NAME


def test_after_a_week_of_leading_elsewhere_it_leaves_the_links(
    steps: Steps, session: ResellerSession, traveller: time_machine.Traveller
) -> None:
    steps.look()
    own_names.make_primary(session, NAME)
    steps.addresses = []
    steps.look()
    traveller.shift(timedelta(days=6, hours=23))
    steps.look()
    assert hostnames.primary_of(session) == NAME
    traveller.shift(timedelta(hours=1))
    assert steps.look() is None
    assert hostnames.primary_of(session) == "sunny.localhost"
    assert steps.state is State.FAILING  # still its own: the proof is there


def test_after_a_week_without_its_proof_it_is_lost(
    steps: Steps, session: ResellerSession, traveller: time_machine.Traveller
) -> None:
    steps.look()
    hostnames.add_of_zone(session, zone=ZONE)
    own_names.make_primary(session, NAME)
    steps.texts = []
    assert steps.look() is Change.FAILING
    traveller.shift(timedelta(days=7))
    assert steps.look() is Change.LOST
    assert steps.state is State.WAITING
    assert hostnames.primary_of(session) == f"sunny.{ZONE}"
    assert NAME not in hostnames.names_of(session)
    steps.texts = None
    assert steps.look() is Change.READY


def test_the_last_name_of_a_portal_is_never_lost(
    steps: Steps, session: ResellerSession, traveller: time_machine.Traveller
) -> None:
    steps.look()
    own_names.make_primary(session, NAME)
    own_names.release(session, "sunny.localhost")
    steps.texts = []
    steps.look()
    traveller.shift(timedelta(days=8))
    assert steps.look() is None
    assert hostnames.primary_of(session) == NAME
    with pytest.raises(CannotRelease):
        own_names.release(session, NAME)


def test_a_released_name_is_nobodys_for_a_month(
    database: Database, cast: Cast, traveller: time_machine.Traveller
) -> None:
    with database.session(SUNNY) as session, session.begin():
        own_names.ask(session, NAME, most=3)
        Steps(session).look()
        own_names.make_primary(session, NAME)
        own_names.release(session, NAME)
        assert hostnames.primary_of(session) == cast.sunny_host
        found = own_names.by_name(session, NAME)
        assert found.state is State.RELEASED
        assert found.free_again_at == clock.now() + timedelta(days=30)
        assert not found.can_be_released
        assert proving.prepare(session, NAME, zone=ZONE) is None
        assert Steps(session).look() is None
    with database.session(HARBOUR) as session, session.begin():
        with pytest.raises(HostnameTaken):
            hostnames.add(session, NAME, primary=False)
        own_names.ask(session, NAME, most=3)
        assert Steps(session).look() is None
    with database.across_resellers() as session, session.begin():
        assert hostnames.resolve(session, NAME) is None
        assert hostnames.belongs_to_others(session, [NAME], reseller_id=HARBOUR)
        own_names.forget_released(session)
    traveller.shift(timedelta(days=30, seconds=1))
    with database.across_resellers() as session, session.begin():
        own_names.forget_released(session)
    with database.session(HARBOUR) as session, session.begin():
        assert Steps(session).look() is Change.READY


def test_who_released_it_takes_it_back_at_once(steps: Steps, session: ResellerSession) -> None:
    steps.look()
    token = steps.row.token
    own_names.release(session, NAME)
    back = own_names.ask(session, NAME, most=0)
    assert (back.state, back.row.token) == (State.READY, token)
    assert back.checking
    assert NAME in hostnames.names_of(session)


def test_what_was_never_proven_is_forgotten_at_once(steps: Steps, session: ResellerSession) -> None:
    own_names.release(session, NAME)
    with pytest.raises(NotFound):
        own_names.by_name(session, NAME)
    assert not own_names.is_ready(session, NAME)
    seen = Seen(texts=[], addresses=[], ours=[])
    assert proving.record(session, NAME, seen) is None
    proving.note_certificate(session, NAME, until=None)


def test_the_name_in_the_zone_stays(session: ResellerSession) -> None:
    hostnames.add_of_zone(session, zone=ZONE)
    name = f"sunny.{ZONE}"
    with pytest.raises(CannotRelease):
        own_names.release(session, name)
    own_names.check_soon(session, name)
    assert jobs(session) == []
    assert proving.prepare(session, name, zone=ZONE) is None


def test_every_reseller_has_its_name_in_the_zone(database: Database, cast: Cast) -> None:
    with database.across_resellers() as session:
        assert hostnames.resellers_without(session, zone=ZONE) == [SUNNY, HARBOUR]
    for reseller in (0, SUNNY):
        with database.session(reseller) as session, session.begin():
            for _ in range(2):
                hostnames.add_of_zone(session, zone=ZONE)
                hostnames.add_of_zone(session, zone="")
    with database.session(SUNNY) as session:
        assert hostnames.names_of(session) == [cast.sunny_host, f"sunny.{ZONE}"]
        assert hostnames.names_in_zone(session) == [f"sunny.{ZONE}"]
    with database.session(0) as session:
        assert hostnames.names_of(session) == [cast.console_host]
    with database.across_resellers() as session:
        assert hostnames.resellers_without(session, zone=ZONE) == [HARBOUR]
        assert hostnames.may_have_certificate(session, f"sunny.{ZONE}")
        assert hostnames.may_have_certificate(session, cast.console_host)
        assert not hostnames.may_have_certificate(session, f"harbour.{ZONE}")
        assert not hostnames.may_have_certificate(session, cast.sunny_host)  # never looked up


def test_a_portal_without_a_name_is_linked_by_the_one_in_the_zone(session: ResellerSession) -> None:
    session.execute(update(Hostname).values(primary=False))
    hostnames.add_of_zone(session, zone=ZONE)
    assert hostnames.primary_of(session) == f"sunny.{ZONE}"


def test_a_name_in_the_zone_that_somebody_else_has(database: Database) -> None:
    with database.session(0) as session, session.begin():
        hostnames.add(session, f"sunny.{ZONE}", primary=False)
    with database.session(SUNNY) as session, session.begin():
        with pytest.raises(HostnameTaken):
            hostnames.add_of_zone(session, zone=ZONE)
        assert hostnames.names_of(session) == ["sunny.localhost"]


def test_who_may_have_a_certificate(database: Database) -> None:
    def answer() -> bool:
        with database.across_resellers() as session:
            return hostnames.may_have_certificate(session, NAME)

    def look(**given: Any) -> None:
        with database.session(SUNNY) as session, session.begin():
            Steps(session, **given).look()

    assert not answer()
    with database.session(SUNNY) as session, session.begin():
        own_names.ask(session, NAME, most=3)
    assert not answer()
    look(texts=[])
    assert not answer()
    look(addresses=["192.0.2.8"])
    assert not answer()
    look()
    assert answer()
    look(addresses=["192.0.2.8"])
    assert not answer()
    look()
    with database.session(SUNNY) as session, session.begin():
        own_names.release(session, NAME)
    assert not answer()


def test_asking_for_a_look_up_twice_is_one(steps: Steps, session: ResellerSession) -> None:
    own_names.check_soon(session, NAME)
    assert jobs(session) == [NAME]
    steps.look()
    assert not own_names.by_name(session, NAME).checking
    own_names.check_soon(session, NAME)
    assert jobs(session) == [NAME, NAME]


def test_names_are_looked_up_when_it_is_their_turn(
    database: Database, traveller: time_machine.Traveller
) -> None:
    def due() -> list[tuple[int, str]]:
        with database.across_resellers() as session, session.begin():
            return proving.due(session, limit=10)

    with database.across_resellers() as session, session.begin():
        session.execute(update(Hostname).values(check_at=None))
    assert due() == []
    with database.session(SUNNY) as session, session.begin():
        own_names.ask(session, NAME, most=3)
        Steps(session, texts=[]).look()
    assert due() == []
    traveller.shift(timedelta(seconds=61))
    assert due() == [(SUNNY, NAME)]
    assert due() == []  # a job has it in its hands
    traveller.shift(timedelta(minutes=10))
    assert due() == [(SUNNY, NAME)]  # whose job was lost


def test_pauses_grow_and_end() -> None:
    waits = [pause(State.WAITING, tries=tries) for tries in (0, 1, 2, 6, 7, 300, 350)]
    hour = timedelta(hours=1)
    assert waits == [
        timedelta(seconds=30),
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=32),
        hour,
        hour,
        None,
    ]
    assert pause(State.READY, tries=1000) == timedelta(days=1)
    assert pause(State.FAILING, tries=1000) == hour
    assert pause(State.RELEASED, tries=0) is None


def test_what_is_asked_of_the_dns(session: ResellerSession) -> None:
    dns = FakeDns()
    row = own_names.ask(session, NAME, most=3).row
    question = proving.prepare(session, NAME, zone=ZONE)
    assert question == Question(name=NAME, token=row.token, zone_name=f"sunny.{ZONE}")
    with pytest.raises(outgoing.CalledInsideTransaction):
        proving.look_up(question, dns, ours=[])
    session.rollback()
    dns.records = {
        (hostname_rules.proof_name(NAME), "TXT"): [row.token],
        (NAME, "A"): [OURS],
        (f"sunny.{ZONE}", "A"): [OURS],
    }
    seen = proving.look_up(question, dns, ours=[])
    assert seen == Seen(texts=[row.token], addresses=[OURS], ours={OURS})
    dns.asked.clear()
    seen = proving.look_up(question, dns, ours=["192.0.2.9"])
    assert f"A sunny.{ZONE}" not in dns.asked
    assert seen.ours == {"192.0.2.9"}
    dns.silent = {NAME, hostname_rules.proof_name(NAME), f"sunny.{ZONE}"}
    assert proving.look_up(question, dns, ours=[]) == Seen(texts=None, addresses=None, ours=set())
    assert not any(each.startswith("MX ") for each in dns.asked)


def test_the_dns_is_asked_for_mail_servers_where_email2sms_is_taken(
    session: ResellerSession,
) -> None:
    dns = FakeDns()
    own_names.ask(session, NAME, most=3)
    question = proving.prepare(session, NAME, zone=ZONE, mail_host="mx.portals.test")
    assert question is not None
    session.rollback()
    dns.records[NAME, "MX"] = ["10 mx.portals.test"]
    seen = proving.look_up(question, dns, ours=[OURS])
    assert (seen.mail_host, seen.mail_hosts) == ("mx.portals.test", ["mx.portals.test"])
    dns.silent = {NAME}
    assert proving.look_up(question, dns, ours=[OURS]).mail_hosts is None


def test_a_name_that_the_operator_gave_needs_no_proof(session: ResellerSession, cast: Cast) -> None:
    question = proving.prepare(session, cast.sunny_host, zone="")
    assert question == Question(name=cast.sunny_host, token="", zone_name="")
    session.rollback()
    dns = FakeDns()
    dns.records[cast.sunny_host, "A"] = [OURS]
    seen = proving.look_up(question, dns, ours=[OURS])
    assert dns.asked == [f"A {cast.sunny_host}", f"AAAA {cast.sunny_host}"]
    assert proving.record(session, cast.sunny_host, seen) is Change.READY
    row = session.scalars(select(Hostname).where(Hostname.name == cast.sunny_host)).one()
    assert (row.given_by, row.proof, row.reach) == (
        GivenBy.OPERATOR,
        Finding.RIGHT,
        Finding.RIGHT,
    )


def test_how_long_the_certificate_is_good(steps: Steps, session: ResellerSession) -> None:
    until = clock.now() + timedelta(days=90)
    proving.note_certificate(session, NAME, until=until)
    assert steps.row.certificate_until == until
