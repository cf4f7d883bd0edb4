"""Every mail that a reseller's portal can write, provoked by the portal's own verbs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from portal.accounts import (
    access,
    asking,
    clients,
    cover,
    debts,
    devices,
    email_changes,
    invitations,
    own_letters,
    resets,
    signing_up,
    sub_accounts,
    wallet,
)
from portal.accounts import staff as staff_rows
from portal.accounts.actor import Actor
from portal.accounts.models import OneTimeLink, Person
from portal.accounts.roles import Role
from portal.accounts.sign_in_models import EmailChange
from portal.billing import assignments
from portal.infra import clock, ids, signing
from portal.infra.db import Database, ResellerSession
from portal.infra.months import month_of
from portal.infra.smtp import Security
from portal.infra.vault import Vault
from portal.invoicing import invoice_letters, statement_mails
from portal.invoicing import invoices as issuing
from portal.invoicing import statements as statements_of
from portal.invoicing.cover_month_models import CoverMonth
from portal.invoicing.invoices import Used
from portal.invoicing.models import Invoice
from portal.messaging import country_requests
from portal.notifications import mail_letters, mail_senders, mail_servers
from portal.notifications.mail_servers import Written
from portal.notifications.models import Mail
from portal.payments import (
    charge_failures,
    refunds,
    saved_methods,
    settling,
    staff_letters,
    topping_up,
)
from portal.payments.statuses import Outcome, TakenFor, Trouble
from portal.pricing import packages, price_lists, selling
from portal.pricing.models import Bundle
from portal.pricing.rating import Rate
from portal.provisioning import admitting, naming
from portal.tasks import (
    billing,
    invoices,
    notices,
    payments,
    people,
    statements,
    top_ups,
    wholesale,
)
from portal.tasks import cover as cover_jobs
from portal.tenancy import links, own_names, resellers, settings
from portal.tenancy.proving import Seen
from portal.tenancy.resellers import OPERATOR_ID
from tests.architecture.conftest import SETTINGS
from tests.builders import invoicing, keeping, paying
from tests.builders.conditions import in_one_currency
from tests.cast import UNIT, Firm

_FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
_SAFARI: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
_OURS: Final = "192.0.2.7"
_TO_CONFIRM: Final = re.compile(r"/signup/confirm/([\w-]+)")


def write(database: Database, *, staff: Actor, host: str, language: str) -> None:
    """What the portal of `staff` writes about two new clients, one of whom is let in.

    The jobs' context (`tasks.context`) has to be in use.
    """
    reseller_id, origin = staff.reseller_id, f"http://{host}:8000"
    with database.session(reseller_id) as session, session.begin():
        client_id = _signed_up(session, "nora", language=language, origin=origin)
        form = _form("nora", language=language)
        assert signing_up.sign_up(session, form=form, origin=origin) is None
        clients.activate(session, client_id=client_id, by=staff, origin=origin)
        refused = _signed_up(session, "rosa", language=language, origin=origin)
        clients.refuse(session, client_id=refused, by=staff, reason="No room", origin=origin)
        person_id = session.scalars(select(Person.id).where(Person.client_id == client_id)).one()
        _new_password(session, person_id, origin=origin)
    _of_ways_in(database, reseller_id, person_id, origin=origin)
    _of_people(database, client_id, staff=staff, language=language)
    for notice in (cover.LOW, cover.USED_UP):
        cover_jobs.alert(reseller_id, "USD", notice)
    _of_cover_payments(database, reseller_id, by=staff)
    _of_losses(database, reseller_id)
    _of_mail_servers(database, staff=staff, origin=origin)
    _of_host_names(database, reseller_id, name=f"{language}.own-name.test")
    for notice in ("low_balance", "suspended", "reactivated"):
        notices.notify(reseller_id, client_id, notice)
    _of_questions(database, reseller_id, person_id, origin=origin)
    _of_deposits(database, reseller_id, person_id)
    _of_cards(database, reseller_id, person_id)
    _of_debts_and_bundles(database, client_id, staff=staff)
    _of_countries(database, client_id, staff=staff, origin=origin)


def _form(name: str, *, language: str) -> signing_up.SignUp:
    return signing_up.SignUp(
        email=f"{name}.{language}@new.test", password="correct horse battery",
        firstname=name.title(), lastname="New", company="New", country="US", language=language,
    )  # fmt: skip


def _signed_up(session: ResellerSession, name: str, *, language: str, origin: str) -> int:
    """Somebody who has followed the link in their mail."""
    form = _form(name, language=language)
    client = signing_up.sign_up(session, form=form, origin=origin)
    assert client is not None
    session.flush()
    letter = select(Mail.text).where(Mail.notice == "signup_confirm", Mail.recipient == form.email)
    link = _TO_CONFIRM.search(session.scalars(letter).one())
    assert link is not None
    admitting.confirm(session, token=link[1], address="192.0.2.1", origin=origin)
    return client.id


def _new_password(session: ResellerSession, person_id: int, *, origin: str) -> None:
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
    resets.confirm(session, token=token, password="entirely new words", address="", origin=origin)


def _of_ways_in(database: Database, reseller_id: int, person_id: int, *, origin: str) -> None:
    """What somebody is told of their own way in: from where, by which address, and with what."""
    with database.session(reseller_id) as session, session.begin():
        person = session.get_one(Person, (reseller_id, person_id))
        by = _actor(session, person_id)
        for token, browser in (("a", _FIREFOX), ("b", _SAFARI)):
            devices.arrived(
                session, person, token=token * 43, browser=browser, address="", origin=origin
            )
        own_letters.sign_in_changed(session, person, origin=origin)
        email_changes.request(session, person, email=f"new.{person.email}", by=by)
    with database.session(reseller_id) as session, session.begin():
        email_changes.mail_link(session, person_id=person_id, origin=origin)
        asked = session.get_one(EmailChange, (reseller_id, person_id))
        asked.hash = signing.digest("t" * 43)
        session.flush()
        email_changes.confirm(session, token="t" * 43, address="", origin=origin)


def _of_people(database: Database, client_id: int, *, staff: Actor, language: str) -> None:
    """Invitations: to a client's people, and to staff."""
    with database.session(staff.reseller_id) as session, session.begin():
        invited = [
            invitations.add(
                session, client_id=of_client, email=f"{role}.{language}@invited.test", role=role,
                language=language, firstname="Ina", lastname="New",
            ).id
            for of_client, role in ((client_id, Role.READER), (None, Role.STAFF_READER))
        ]  # fmt: skip
    for person_id in invited:
        people.mail_invitation(reseller_id=staff.reseller_id, person_id=person_id)


def _of_losses(database: Database, reseller_id: int) -> None:
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


def _of_mail_servers(database: Database, *, staff: Actor, origin: str) -> None:
    """What a reseller is told of its own mail server: that it works, and that it fails."""
    with database.session(staff.reseller_id) as session, session.begin():
        mail_senders.change(session, name="", address="office@own.example", reply_to="")
        server = mail_servers.change(
            session,
            Written(
                host="smtp.own.example", port=587, security=Security.STARTTLS, user="", password=""
            ),
            vault=Vault(SETTINGS.secret),
            settings=SETTINGS,
        )
        url = f"{origin}/reseller/mail"
        mail_letters.server_fails(session, url=url)
        mail_letters.test(session, server, to=staff.email, language="en", url=url)
        mail_servers.remove(session)


def _of_host_names(database: Database, reseller_id: int, *, name: str) -> None:
    """A name of the reseller's own that led here, and leads elsewhere now."""
    with database.session(reseller_id) as session, session.begin():
        token = own_names.ask(session, name, most=20).row.token
        for found in (_OURS, "192.0.2.77"):
            seen = Seen(texts=[token], addresses=[found], ours=[_OURS])
            naming.record(session, name, seen, settings=SETTINGS)


def _of_questions(database: Database, reseller_id: int, person_id: int, *, origin: str) -> None:
    """What a client asks its reseller."""
    with database.session(reseller_id) as session, session.begin():
        by = _actor(session, person_id)
        asking.ask(
            session, by=by, text="How?", page="/send", reply_to="nora@reply.test", origin=origin
        )


def _of_deposits(database: Database, reseller_id: int, person_id: int) -> None:
    """One deposit that arrives and is given back, and one that is on its way for days."""
    with database.session(reseller_id) as session, session.begin():
        by = _actor(session, person_id)
        assert by.client_id is not None
        firm = Firm(reseller_id, by.client_id, sub_account_id=0, owner=by)
        paid, late = (paying.begun(session, firm) for _ in range(2))
        given_back = paying.refunded(f"re_{paid.id}", 2 * UNIT)
        taken_back = paying.disputed(f"dp_{paid.id}", 3 * UNIT)
        seen = paying.seen(paid, Outcome.PAID, given_back, taken_back)
        invoicing.make(session)
        settling.apply(session, deposit_id=paid.id, seen=seen)
        issued = session.scalars(select(Invoice.id).where(Invoice.deposit_id == paid.id)).all()
        found = refunds.of_deposit(session, paid.id)
        by_kind = {each.taken_for: each.id for each in found}
        late.is_processing, late.started_at = True, clock.ago(days=3)
        arrived = (paid.client_id, paid.amount, paid.currency)
        statement_mails.set_wanted(session, client_id=paid.client_id, wanted=True, by=by)
        month = statements_of.this_month(session).key
        account_id = paid.account_id
    notices.notify_of_deposit(reseller_id, *arrived)
    payments.tell_of_refund(reseller_id, by_kind[TakenFor.REFUND])
    payments.tell_of_dispute(reseller_id, by_kind[TakenFor.DISPUTE])
    payments.tell_pending(0)
    for invoice_id in issued:
        invoices.make(reseller_id, invoice_id)
    statements.send(reseller_id, arrived[0], month)
    with database.session(reseller_id) as session, session.begin():
        origin = links.origin_of(session, SETTINGS)
        staff_letters.account_fails(
            session, account_id=account_id, reason="Invalid API Key", origin=origin
        )
        staff_letters.account_works(session, account_id=account_id)


def _of_cover_payments(database: Database, reseller_id: int, *, by: Actor) -> None:
    """What a reseller is told of its own payments: one arrives and goes back, one is late."""
    with database.session(OPERATOR_ID) as session, session.begin():
        paying.account(session, by=by, key=f"sk_test_operator{ids.new()}")
        paid, late = (paying.begun_for_cover(session, reseller_id, by=by) for _ in range(2))
        given_back = paying.refunded(f"re_{paid.id}", 2 * UNIT)
        invoicing.make(session)
        seen = paying.seen(paid, Outcome.PAID, given_back)
        settling.apply(session, deposit_id=paid.id, seen=seen)
        issued = session.scalars(select(Invoice.id).where(Invoice.deposit_id == paid.id)).all()
        (refund,) = refunds.of_deposit(session, paid.id)
        late.is_processing, late.started_at = True, clock.ago(days=3)
        late_one = _of_a_month(session, reseller_id)
        invoice_letters.overdue(session, late_one, left=late_one.gross, installation=SETTINGS)
        issued = [*issued, late_one.id]
    cover_jobs.tell_of_payment(reseller_id, paid.id, paid.amount, paid.currency)
    payments.tell_of_refund(OPERATOR_ID, refund.id)
    payments.tell_pending(0)
    for invoice_id in issued:
        invoices.make(OPERATOR_ID, invoice_id)


def _of_a_month(session: ResellerSession, payer_id: int) -> Invoice:
    """The operator's invoice for what a reseller has used on its limit."""
    first = session.scalar(
        select(func.min(CoverMonth.month)).where(CoverMonth.payer_id == payer_id)
    )
    month = month_of(first or clock.now().date()).before  # one for each language
    session.add(
        CoverMonth(
            payer_id=payer_id, currency="USD", month=month.first, made_at=clock.now(),
            messages=5 * UNIT, fees=0, gross=5 * UNIT, held=-5 * UNIT, invoiced=0, ahead=0,
            overdraft=9 * UNIT,
        )
    )  # fmt: skip
    session.flush()
    used = Used(payer_id=payer_id, month=month, amount=5 * UNIT, due=5 * UNIT, currency="USD")
    return issuing.for_month(session, used)


def _of_cards(database: Database, reseller_id: int, person_id: int) -> None:
    """A kept card that is declined, whose bank asks for its owner, and that expires."""
    with database.session(reseller_id) as session, session.begin():
        by = _actor(session, person_id)
        assert by.client_id is not None
        firm = Firm(reseller_id, by.client_id, sub_account_id=0, owner=by)
        failed: list[int] = []
        for why in (Trouble.DECLINED, Trouble.CONFIRM):
            keeping.switched_on(session, firm, threshold=100_000 * UNIT)
            due = topping_up.begin(session, client_id=by.client_id)
            assert due is not None
            charge_failures.fail(session, due, why=why)
            failed.append(due.id)
        card = saved_methods.own(session, by.client_id)
        assert card is not None
        card.expires_on = clock.now().date()
    for deposit_id in failed:
        top_ups.tell_of_failure(reseller_id, deposit_id)
    top_ups.look_at_cards(0)


def _of_debts_and_bundles(database: Database, client_id: int, *, staff: Actor) -> None:
    """What a client is reminded of when it owes, and when its free parts run out."""
    reseller_id = staff.reseller_id
    with database.session(reseller_id) as session, session.begin():
        wallet.charge(
            session, client_id=client_id, amount=200_000_000, description="Fees", by=staff
        )
        own = access.locked_client(session, client_id)
        own.debt_since = clock.now() - debts.REMINDED_AFTER[0]
        made, _ = sub_accounts.create(
            session, client_id=client_id, name="Main", user=f"user-{own.number}", by=staff
        )
        said = in_one_currency(own.currency, bundle_parts=100)
        package = packages.create(session, name=f"Package {own.number}", conditions=said)
        assignments.assign(
            session, sub_account_id=made.id, package_id=package.id, by=staff, on=clock.now().date()
        )
        bundle_id = session.scalars(select(Bundle.id).where(Bundle.sub_account_id == made.id)).one()
        before = packages.holding(session, package.id, on=clock.now().date())
        dearer = in_one_currency(own.currency, bundle_parts=100, monthly_fee=5_000_000)
        day = clock.now().date() + timedelta(days=3)
        after = selling.change(session, package, dearer, valid_from=day, by=staff)
        assert after is not None
    wholesale.tell_clients(
        reseller_id=reseller_id, package_id=package.id, before_id=before.id, after_id=after.id
    )
    billing.remind_of_debts(0)
    notices.notify_of_bundle(reseller_id, bundle_id, 80)


def _of_countries(database: Database, client_id: int, *, staff: Actor, origin: str) -> None:
    """What is written when a client asks for countries: one is opened, one is not."""
    with database.session(staff.reseller_id) as session, session.begin():
        opened, declined = (
            country_requests.ask(
                session, client_id=client_id, country=country, by=staff, origin=origin
            ).id
            for country in ("FR", "ES")
        )
        country_requests.open_for_client(session, opened, by=staff, origin=origin)
        country_requests.decline(session, declined, reason="No", by=staff, origin=origin)


def _actor(session: ResellerSession, person_id: int) -> Actor:
    person = session.get_one(Person, (session.reseller_id, person_id))
    return staff_rows.actor_of(session, email=person.email)
