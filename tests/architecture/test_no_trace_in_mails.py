"""No mail that a portal writes names the operator or another reseller."""

from __future__ import annotations

import email.policy
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.accounts import access, clients, cover, debts, resets, sub_accounts, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import OneTimeLink, Person
from portal.billing import assignments
from portal.infra import clock, signing
from portal.infra.db import Database, ResellerSession
from portal.infra.mail import FolderMailer
from portal.infra.smtp import Security
from portal.infra.vault import Vault
from portal.messaging import country_requests
from portal.notifications import catalogue, mail_letters, mail_senders, mail_servers
from portal.notifications.mail_servers import Written
from portal.notifications.models import Mail
from portal.pricing import conditions, packages, price_lists
from portal.pricing.models import Bundle
from portal.pricing.rating import Rate
from portal.tasks import billing, context, mails, notices, wholesale
from portal.tasks import cover as cover_jobs
from portal.tenancy import resellers, settings
from tests.architecture.canaries import OTHER, OTHER_HOST, Planted, traces
from tests.architecture.conftest import SETTINGS
from tests.cast import HARBOUR, SUNNY, Cast

OPERATOR = catalogue.Audience.OPERATOR
SUNNY_HOST = "sunny.localhost"
OF_MAILS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
    "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(
    marked: Database, planted: Planted, cast: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Every mail that Sunny can write, in both languages, and one of Harbour's, handed over."""
    del planted
    root = tmp_path_factory.mktemp("mails")
    try:
        for reseller_id, languages in ((SUNNY, ("en", "de")), (HARBOUR, ("en",))):
            mailer = FolderMailer(root / str(reseller_id))
            context.use(database=marked, settings=SETTINGS, mailer=mailer)
            for language in languages:
                _write_every_mail(marked, cast, reseller_id, language)
            with marked.session(reseller_id) as session:
                waiting = session.scalars(select(Mail.id).where(Mail.sent_at.is_(None))).all()
            for mail_id in waiting:
                mails.send(reseller_id, mail_id)
        yield root
    finally:
        context._in_use.clear()


def _write_every_mail(database: Database, cast: Cast, reseller_id: int, language: str) -> None:
    """What the portal's own verbs write about two new clients, one of whom is let in."""
    staff, host = (cast.sam, SUNNY_HOST) if reseller_id == SUNNY else (cast.hanna, OTHER_HOST)
    origin = f"http://{host}:8000"
    with database.session(reseller_id) as session, session.begin():
        client_id = _signed_up(session, "nora", language=language, origin=origin)
        assert clients.sign_up(
            session, form=_form("nora", language=language), origin=origin
        ) is None  # fmt: skip
        clients.activate(session, client_id=client_id, by=staff, origin=origin)
        refused = _signed_up(session, "rosa", language=language, origin=origin)
        clients.refuse(session, client_id=refused, by=staff, reason="No room", origin=origin)
        person_id = session.scalars(select(Person.id).where(Person.client_id == client_id)).one()
        resets.mail_link(session, person_id=person_id, address="192.0.2.1", origin=origin)
        now, token = clock.now(), signing.random_token()
        session.add(
            OneTimeLink(
                hash=signing.digest(token),
                person_id=person_id,
                purpose=resets.PURPOSE,
                created_at=now,
                expires_at=now + resets.GOOD_FOR,
            )
        )
        session.flush()
        resets.confirm(
            session, token=token, password="entirely new words", address="", origin=origin
        )
    for notice in (cover.LOW, cover.USED_UP):
        cover_jobs.alert(reseller_id, "USD", notice)
    _write_of_losses(database, reseller_id)
    _write_of_mail_servers(database, reseller_id, staff=staff)
    for notice in ("low_balance", "suspended", "reactivated"):
        notices.notify(reseller_id, client_id, notice)
    _write_of_debts_and_bundles(database, reseller_id, client_id, staff=staff)
    _write_of_countries(database, reseller_id, client_id, staff=staff, origin=origin)


def _write_of_losses(database: Database, reseller_id: int) -> None:
    """What a reseller is told when a part costs it more than it asks for, once a day."""
    with database.session(reseller_id) as session, session.begin():
        currency = resellers.own(session).currency
        settings.change(session, wholesale_rise="block")
        day = packages.ALWAYS
        price_lists.set_rates(session, [Rate("4919", 9_000_000, day)], currency=currency)
    former = [["4919", day.isoformat()]]
    wholesale.changed(reseller_id=reseller_id, currency=currency, route="value", former=former)
    with database.session(reseller_id) as session, session.begin():
        settings.change(session, wholesale_rise="warn")


def _write_of_mail_servers(database: Database, reseller_id: int, *, staff: Actor) -> None:
    """What a reseller is told of its own mail server: that it works, and that it fails."""
    with database.session(reseller_id) as session, session.begin():
        mail_senders.change(session, name="", address="office@own.example", reply_to="")
        server = mail_servers.change(
            session,
            Written(
                host="smtp.own.example", port=587, security=Security.STARTTLS, user="", password=""
            ),
            vault=Vault(SETTINGS.secret),
            settings=SETTINGS,
        )
        url = f"http://{SUNNY_HOST if reseller_id == SUNNY else OTHER_HOST}:8000/reseller/mail"
        mail_letters.server_fails(session, url=url)
        mail_letters.test(session, server, to=staff.email, language="en", url=url)
        mail_servers.remove(session)


def _write_of_countries(
    database: Database, reseller_id: int, client_id: int, *, staff: Actor, origin: str
) -> None:
    """What is written when a client asks for countries: one is opened, one is not."""
    with database.session(reseller_id) as session, session.begin():
        opened, declined = (
            country_requests.ask(
                session, client_id=client_id, country=country, by=staff, origin=origin
            ).id
            for country in ("FR", "ES")
        )
        country_requests.open_for_client(session, opened, by=staff, origin=origin)
        country_requests.decline(session, declined, reason="No", by=staff, origin=origin)


def _write_of_debts_and_bundles(
    database: Database, reseller_id: int, client_id: int, *, staff: Actor
) -> None:
    """What a client is reminded of when it owes, and when its free parts run out."""
    with database.session(reseller_id) as session, session.begin():
        wallet.charge(
            session, client_id=client_id, amount=200_000_000, description="Fees", by=staff
        )
        own = access.locked_client(session, client_id)
        own.debt_since = clock.now() - debts.REMINDED_AFTER[0]
        made, _ = sub_accounts.create(
            session, client_id=client_id, name="Main", user=f"user-{own.number}", by=staff
        )
        said = conditions.in_one_currency(own.currency, bundle_parts=100)
        package = packages.create(session, name=f"Package {own.number}", conditions=said)
        assignments.assign(
            session, sub_account_id=made.id, package_id=package.id, by=staff, on=clock.now().date()
        )
        bundle_id = session.scalars(select(Bundle.id).where(Bundle.sub_account_id == made.id)).one()
    billing.remind_of_debts(0)
    notices.notify_of_bundle(reseller_id, bundle_id, 80)


def _form(name: str, *, language: str) -> clients.SignUp:
    return clients.SignUp(
        email=f"{name}.{language}@new.test", password="correct horse battery",
        firstname=name.title(), lastname="New", company="New", country="US", language=language,
    )  # fmt: skip


def _signed_up(session: ResellerSession, name: str, *, language: str, origin: str) -> int:
    client = clients.sign_up(session, form=_form(name, language=language), origin=origin)
    assert client is not None
    return client.id


def read(file: Path) -> tuple[set[str], str]:
    """The names of a mail's headers, and everything in it: as it is sent, and decoded."""
    raw = file.read_bytes()
    message = message_from_bytes(raw, policy=email.policy.default)
    names, words = set(), [file.name, raw.decode("ascii")]
    for part in message.walk():
        names.update(part.keys())
        words += [f"{name}: {value}" for name, value in part.items()]
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            words.append(content.decode("utf-8", "replace"))
    return names, "\n".join(words)


def test_every_notice_is_among_the_mails(marked: Database, folder: Path) -> None:
    """A new one is entered in what is written above, but for those that only the operator gets."""
    written = {key for key, each in catalogue.NOTICES.items() if each.audience is not OPERATOR}
    with marked.session(SUNNY) as session:
        taken = Mail.refused_at.is_(None)  # one is planted that the relay did not take
        sent = session.execute(select(Mail.notice, Mail.sent_at, Mail.error).where(taken)).all()
    assert {mail.notice for mail in sent} == written
    assert {mail.error for mail in sent} == {""}
    assert len(list((folder / str(SUNNY)).glob("*.eml"))) == len(sent) >= 22


def test_mails_of_the_other_reseller_name_it(folder: Path, planted: Planted) -> None:
    files = list((folder / str(HARBOUR)).glob("*.eml"))
    assert len(files) >= 11
    assert all(OTHER in traces(read(file)[1], planted) for file in files)


def test_no_mail_names_another(folder: Path, planted: Planted) -> None:
    for file in (folder / str(SUNNY)).glob("*.eml"):
        names, words = read(file)
        assert traces(words, planted) == set(), words[:2000]
        assert names <= OF_MAILS
        assert "sunny.localhost" in words
