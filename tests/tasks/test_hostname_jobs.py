"""The jobs that look host names up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update

from portal.accounts.models import Activity
from portal.infra import certificates, clock
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import open_mailer
from portal.notifications.models import Mail
from portal.tasks import context, hostnames
from portal.tenancy import hostname_rules, own_names
from portal.tenancy.models import Hostname
from portal.tenancy.statuses import Finding, State
from tests.cast import SUNNY
from tests.fakes.dns_server import DnsServer

NAME, OURS = "sms.acme.test", "192.0.2.7"


@pytest.fixture
def nameserver() -> Iterator[DnsServer]:
    with DnsServer() as running:
        yield running


@pytest.fixture
def settings(nameserver: DnsServer, database: Database) -> Iterator[Settings]:
    host, port = nameserver.address
    told = Settings(
        demo=True, public_addresses=OURS, dns_servers=f"{host}:{port}", zone="portals.test"
    )
    use(database, told)
    yield told
    context._in_use.clear()


def use(database: Database, told: Settings) -> None:
    nowhere = open_mailer("smtp://127.0.0.1:9")
    context.use(database=database, settings=told, mailer=nowhere)


@pytest.fixture
def token(database: Database) -> str:
    with database.session(SUNNY) as session, session.begin():
        return own_names.ask(session, NAME, most=1).row.token


def found(database: Database) -> own_names.Name:
    with database.session(SUNNY) as session:
        return own_names.by_name(session, NAME)


def acts(database: Database) -> list[str]:
    with database.session(SUNNY) as session:
        recorded = select(Activity.what).where(Activity.what.startswith("hostname."))
        return list(session.scalars(recorded.order_by(Activity.id)))


@pytest.mark.usefixtures("settings")
def test_a_name_is_looked_up_and_what_was_seen_is_kept(
    database: Database, nameserver: DnsServer, token: str
) -> None:
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert found(database).state is State.WAITING
    nameserver.table.records[hostname_rules.proof_name(NAME), "TXT"] = [f'"{token}"']
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert found(database).state is State.PROVEN
    nameserver.table.records[NAME, "A"] = [OURS]
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert found(database).state is State.READY
    assert acts(database) == ["hostname.proven", "hostname.ready"]
    assert found(database).row.certificate_until is None


def test_the_record_for_email2sms_is_looked_for_where_it_is_taken(
    database: Database, nameserver: DnsServer, token: str, settings: Settings
) -> None:
    nameserver.table.records[hostname_rules.proof_name(NAME), "TXT"] = [f'"{token}"']
    nameserver.aliases[NAME] = "sunny.portals.test"
    nameserver.table.records["sunny.portals.test", "A"] = [OURS]
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert found(database).row.mail is Finding.UNCHECKED
    use(database, replace(settings, email2sms_host="mx.portals.test"))
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert (found(database).row.mail, found(database).state) == (Finding.MISSING, State.READY)
    nameserver.table.records["sunny.portals.test", "MX"] = ["10 MX.portals.test."]
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert (found(database).row.mail, found(database).state) == (Finding.RIGHT, State.READY)
    assert acts(database) == ["hostname.ready"]


@pytest.mark.usefixtures("settings")
def test_a_name_that_begins_to_fail_is_told_of_once(
    database: Database, nameserver: DnsServer, token: str
) -> None:
    nameserver.table.records[hostname_rules.proof_name(NAME), "TXT"] = [f'"{token}"']
    nameserver.table.records[NAME, "A"] = [OURS]
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    nameserver.table.records[NAME, "A"] = ["192.0.2.77"]
    for _ in range(3):
        hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert acts(database) == ["hostname.ready", "hostname.failing"]
    with database.session(SUNNY) as session:
        mail = session.scalars(select(Mail).where(Mail.notice == "hostname_failing")).one()
    assert mail.subject == f"{NAME} no longer leads to SunnyText"
    assert f"sunny.localhost/reseller/hostnames/{NAME}" in mail.text


@pytest.mark.usefixtures("settings")
def test_a_name_that_is_gone_is_nothing_to_do(database: Database) -> None:
    hostnames.check(reseller_id=SUNNY, hostname="nobody.test")
    assert acts(database) == []


def test_the_certificate_is_asked_for_before_the_first_visitor_comes(
    database: Database,
    nameserver: DnsServer,
    token: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    until = clock.now()

    def good_until(name: str, *, host: str, port: int) -> object:
        asked.append((name, host, port))
        return until

    monkeypatch.setattr(certificates, "good_until", good_until)
    use(database, replace(settings, https=True, https_port=8443))
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert asked == []
    nameserver.table.records[hostname_rules.proof_name(NAME), "TXT"] = [f'"{token}"']
    nameserver.table.records[NAME, "A"] = [OURS]
    hostnames.check(reseller_id=SUNNY, hostname=NAME)
    assert asked == [(NAME, "127.0.0.1", 8443)]
    assert found(database).row.certificate_until == until


@pytest.mark.usefixtures("settings")
def test_each_name_whose_turn_it_is_has_a_job_of_its_own(database: Database, token: str) -> None:
    del token
    with database.across_resellers() as session, session.begin():
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.execute(update(Hostname).values(check_at=None))
        due = update(Hostname).where(Hostname.name.in_([NAME, "harbour.localhost"]))
        session.execute(due.values(check_at=clock.now()))
    hostnames.check_due(0)
    hostnames.check_due(0)
    with database.across_resellers() as session:
        queued = text("SELECT args ->> 'hostname' FROM procrastinate_jobs ORDER BY 1")
        assert list(session.scalars(queued)) == ["harbour.localhost", NAME]


@pytest.mark.usefixtures("settings")
def test_what_was_released_long_ago_is_forgotten(database: Database, token: str) -> None:
    del token
    with database.session(SUNNY) as session, session.begin():
        row = own_names.by_name(session, NAME).row
        row.proven_at = row.released_at = clock.ago(days=31)
    hostnames.forget_released(0)
    with database.across_resellers() as session:
        assert session.scalar(select(Hostname).where(Hostname.name == NAME)) is None
