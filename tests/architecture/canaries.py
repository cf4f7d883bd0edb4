"""Words that stand in all that is the operator's or the other reseller's, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sqlalchemy import select

from portal.accounts import (
    api_keys,
    approving,
    authenticators,
    confirming,
    cover,
    invitations,
    login_secrets,
    phone_checks,
    quotas,
    resets,
    sessions,
    signing_up,
    sub_accounts,
    timeline,
    wallet,
)
from portal.accounts.actor import Actor
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Client, OneTimeLink, Person, SubAccount
from portal.accounts.quotas import Mode
from portal.accounts.roles import Right, Role
from portal.accounts.sign_in_models import EmailChange, Passkey
from portal.billing import vouchers
from portal.gateways.choosing import Candidate
from portal.gateways.models import Gateway
from portal.infra import clock, signing
from portal.infra.db import Database, ResellerSession
from portal.infra.vault import Vault
from portal.invoicing import printing, statement_papers, statements
from portal.invoicing.models import Invoice
from portal.invoicing.printing import Printed
from portal.invoicing.statement_papers import Which
from portal.messaging import country_requests, dispatching, sending
from portal.messaging.sending import Order
from portal.messaging.statuses import Status
from portal.notifications import catalogue, mail_senders, wording
from portal.notifications.models import Mail
from portal.numbers import stock
from portal.payments import events, saved_methods, settling
from portal.payments.bank import accounts as bank_accounts
from portal.payments.bank import importing, transfers
from portal.payments.bank.accounts import Details
from portal.payments.models import PaymentEvent
from portal.payments.port import Clue
from portal.pricing import packages, rate_imports
from portal.pricing.models import Package
from portal.pricing.rate_lists import ListName
from portal.pricing.rate_sheets import Sheet
from portal.provisioning import writing
from portal.reports import archive_making, archives
from portal.tenancy import (
    branding,
    drafts,
    hostnames,
    pictures,
    resellers,
    settings,
    site_pages,
    welcome,
)
from portal.tenancy.brand_sheet import Look
from portal.tenancy.trial_rules import TrialRules
from tests.builders import invoicing, keeping, paying, portal_folder, traffic, transferring
from tests.cast import HARBOUR, SUNNY, UNIT, Cast, Firm

OPERATOR, OTHER = "kestrel", "zanzibar"
CONSOLE_HOST, OTHER_HOST = "kestrel-desk.localhost", "zanzibar-sms.localhost"
RESET_TOKEN = "t" * 43
_OPERATOR_LOOK, _OTHER_LOOK = Look(seed="#7a1f5c"), Look(seed="#1f7a33")
_PHONE, _NUMBER = "+4915112345678", "+12025559917"
_DESK = "203.0.113.201"
"""The network address that the operator's people work from."""
_ZONE = re.compile(r"coral[ _]harbour")
"""A place of everybody's list of time zones, which names nobody here."""
_VAULT = Vault("a secret of the tests, long enough to be one")


@dataclass(frozen=True)
class Planted:
    """What must not be found on Sunny's portal, and Sunny's own that pages are asked for with."""

    canaries: frozenset[str]
    values: dict[str, object]
    of_routes: dict[str, dict[str, object]]
    """What stands instead in the places of some routes: each link has a token of its own."""


def plant(database: Database, cast: Cast) -> Planted:
    """Rename everything of the operator's and of Harbour's, and let all three do some work."""
    with database.session(resellers.OPERATOR_ID) as session, session.begin():
        found = _operator(session, cast)
        gateway = session.scalars(select(Gateway.id)).one()
    with database.session(HARBOUR) as session, session.begin():
        found |= _other(session, cast)
    with database.session(SUNNY) as session, session.begin():
        values = _sunny(session, cast)
        of_routes = {**_links(session, cast), **_waiting(session, cast)}
    of_routes |= _for_cover(database, cast)
    for by, route in (
        (cast.alice.owner, "client.fetch_copy"),
        (cast.sam, "reseller.fetch_client_copy"),
    ):
        of_routes[route] = {"archive_id": _copy(database, cast.alice.client_id, by=by)}
    hers, theirs = (
        traffic.send(database, firm, count=2, words=words)
        for firm, words in ((cast.alice, "Hello"), (cast.berta, f"{OTHER} says hello"))
    )
    _hand_over(database, gateway)
    return Planted(
        canaries=frozenset(
            {OPERATOR, OTHER, "harbour", "console.localhost", _NUMBER[1:], str(gateway), _DESK}
            | found
            | {str(number) for number in theirs}
        ),
        values={**values, "message_id": hers[0], "country": "FR", "currency": "USD"},
        of_routes=of_routes,
    )


def traces(text: str, planted: Planted) -> set[str]:
    """The canaries that stand in a text."""
    small = _ZONE.sub("", text.lower())
    return {canary for canary in planted.canaries if canary.lower() in small}


def _operator(session: ResellerSession, cast: Cast) -> set[str]:
    _rename(session, OPERATOR, host=CONSOLE_HOST, look=_OPERATOR_LOOK)
    gateway = session.scalars(select(Gateway)).one()
    gateway.name, gateway.sender = f"{OPERATOR} route", _NUMBER
    gateway.hook_token = f"{OPERATOR}-hook-token"
    _rename_person(session, cast.olga.person_id, OPERATOR)
    return {_OPERATOR_LOOK.seed, str(cast.olga.person_id), branding.own(session).sheet_hash}


def _other(session: ResellerSession, cast: Cast) -> set[str]:
    _rename(session, OTHER, host=OTHER_HOST, look=_OTHER_LOOK)
    berta, owner = cast.berta, cast.berta.owner
    client = session.get_one(Client, (HARBOUR, berta.client_id))
    client.company = client.firstname = client.lastname = f"{OTHER} client"
    client.email = f"client@{OTHER}.test"
    for person_id in (cast.hanna.person_id, owner.person_id):
        _rename_person(session, person_id, OTHER)
    for package in session.scalars(select(Package)):
        package.name = f"{OTHER} package"
    account = session.get_one(SubAccount, (HARBOUR, berta.sub_account_id))
    account.name = account.user = f"{OTHER} main"
    sub_accounts.approve_sender(session, client_id=berta.client_id, name="Zanzibar", by=cast.hanna)
    api_keys.create(session, by=owner, name=f"{OTHER} key", scopes={Right.MESSAGES_READ})
    for key, notice in catalogue.NOTICES.items():
        body = " ".join([OTHER, *(f"[{name}]" for name in sorted(notice.values))])
        wording.save(session, key, language="en", subject=f"{OTHER} writes", body=body)
    wallet.payment(
        session,
        client_id=berta.client_id,
        amount=UNIT,
        description=f"{OTHER} payment",
        by=replace(cast.hanna, name=f"{OTHER} staff"),
    )
    _ways_in(session, cast.hanna, name=OTHER)
    mail_senders.change(session, name=f"{OTHER} sender", address=f"mail@{OTHER}.test", reply_to="")
    strange = _paid_in(
        session,
        berta,
        by=replace(cast.hanna, name=OTHER),
    ) | _transferred(
        session,
        berta,
        by=replace(cast.hanna, name=OTHER),
        currency="EUR",
    )
    _write_pages(session, OTHER, by=cast.hanna)
    picture = pictures.drawn(portal_folder.logo("#0b2545"))
    branding.show_picture(session, "logo_light", picture)
    order = Order(to=_PHONE, text=f"{OTHER} text", reference=f"{OTHER} reference")
    sending.accept_one(session, actor=owner, sub_account_id=None, order=order)
    numbers = (berta.client_id, berta.sub_account_id, owner.person_id, cast.hanna.person_id)
    return {
        _OTHER_LOOK.seed,
        branding.own(session).sheet_hash,
        picture.hash,
        *map(str, numbers),
        *map(str, strange.values()),
        *map(str, session.scalars(select(Package.id))),
        *map(str, session.scalars(select(ApiKey.id))),
    }


def _sunny(session: ResellerSession, cast: Cast) -> dict[str, object]:
    """Sunny's own things, some of them touched by the operator."""
    _write_pages(session, "Sunny", by=cast.sam)
    picture = pictures.drawn(portal_folder.logo())
    branding.show_picture(session, "logo_light", picture)
    olga = replace(
        cast.olga, name=f"{OPERATOR} staff", email=f"staff@{OPERATOR}.test", address=_DESK
    )
    cover.pay_in(session, amount=UNIT, description="Bank transfer", by=olga)
    api_keys.create(session, by=cast.alice.owner, name="Own", scopes={Right.MESSAGES_READ})
    _link(session, RESET_TOKEN, cast.alice.owner.person_id, purpose=resets.PURPOSE)
    authenticators.begin(session, person_id=cast.alice.owner.person_id or 0, vault=_VAULT)
    _offered_and_on_paper(session, cast)
    return {
        **_for_sale(session, cast),
        **_ways_in(session, cast.sam, name="Laptop"),
        **_paid_in(session, cast.alice, by=cast.sam),
        **_transferred(session, cast.alice, by=cast.sam, currency="USD"),
        "slug": "sunny",
        "act": "disable",
        "person_id": cast.alice.owner.person_id,
        "client_id": cast.alice.client_id,
        "transfer_id": wallet.payment(
            session,
            client_id=cast.alice.client_id,
            amount=UNIT,
            description="Bank transfer",
            by=cast.sam,
        ),
        "mail_id": _refused_mail(session, cast),
        "sub_account_id": cast.alice.sub_account_id,
        "note_id": timeline.add(
            session, client_id=cast.alice.client_id, kind="note", text="Calls", by=cast.sam
        ).id,
        "ticket": "t" * 43,
        "secret_id": _login_secret(session, cast),
        "token_id": session.scalars(select(ApiKey.id)).one(),
        "reseller_id": SUNNY,
        "hostname": "sunny.localhost",
        "token": RESET_TOKEN,
        "name": picture.hash,
        "version": branding.own(session).sheet_hash,
        "theme": "default",
        "path": "portal.css",
        "place": "logo_light",
        "brand_draft": drafts.keep(
            session,
            branding.values_of(branding.own(session)),
            person_id=cast.sam.person_id or 0,
        ).id,
        "sample_page": "dashboard",
        "number": 1,
        "notice": "low_balance",
        "kind": "stripe",
        "label_part": "menu",
        "language": "en",
        "page": "terms",
    }


def _paid_in(session: ResellerSession, firm: Firm, *, by: Actor) -> dict[str, object]:
    """Accounts with Stripe and PayPal, a deposit to one, and what was told of that."""
    account = paying.account(session, by=by)
    account.merchant_name = f"{by.name} shop"
    paying.paypal_account(session, by=by).merchant_name = f"{by.name} wallet"
    deposit = paying.begun(session, firm)
    found = Clue(payment_id=f"pi_{deposit.id}")
    events.keep_found(session, account_id=account.id, clue=found)
    event = session.scalars(select(PaymentEvent)).one()
    event.deposit_id, event.kind = deposit.id, f"{by.name}.found"
    invoicing.make(session, name=f"{by.name} GmbH", prefix=by.name.split()[0][:8])
    settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    card = replace(keeping.CARD, brand=f"{by.name} card")
    saved_methods.record_kept(session, deposit_id=deposit.id, kept=card)
    keeping.switched_on(session, firm)
    invoice_id = session.scalars(select(Invoice.id)).one()
    drawn = Printed(content=f"%PDF-1.7 {by.name}".encode(), with_data=True)
    printing.keep(session, invoice_id, drawn)
    return {"deposit_id": deposit.id, "event_id": event.id, "invoice_id": invoice_id}


def _transferred(
    session: ResellerSession, firm: Firm, *, by: Actor, currency: str
) -> dict[str, object]:
    """A bank's account, a transfer that is waited for, and a statement with a line of nobody."""
    details = Details(holder=f"{by.name} shop", iban=transferring.IBAN, note=f"{by.name} says")
    bank_accounts.change(session, details, currency=currency, by=by)
    transferring.begun(session, firm)
    line = transferring.line(session, by=by, text=f"{by.name} transfer")
    return {"statement_id": line.statement_id, "line_id": line.id}


def _offered_and_on_paper(session: ResellerSession, cast: Cast) -> None:
    """A trial credit whose code is under way, and this month's statement as a file."""
    sender = cast.henry.sub_account_id
    quotas.set_mode(session, sub_account_id=sender, mode=Mode.UNLIMITED, by=cast.sam)
    rules = TrialRules(amount=UNIT, sub_account_id=sender, countries=["US"])
    settings.change(session, trial=rules)
    alice = cast.alice.client_id
    phone_checks.begin(session, client_id=alice, phone="+12025550143", by=cast.alice.owner)
    which = Which(client_id=alice, month=statements.this_month(session), currency="USD")
    statement_papers.keep(session, which, b"%PDF-1.7 Sunny")


def _for_cover(database: Database, cast: Cast) -> dict[str, dict[str, object]]:
    """By route, what Sunny has with the operator: a payment, and the invoice for it."""
    with database.session(resellers.OPERATOR_ID) as session, session.begin():
        account = paying.account(session, by=cast.olga)
        account.merchant_name = f"{OPERATOR} shop"
        bank_accounts.change(
            session,
            Details(holder=f"{OPERATOR} shop", iban=transferring.IBAN, note=f"{OPERATOR} says"),
            currency="USD",
            by=cast.olga,
        )
        invoicing.make(session, name="Trunk Lines Inc.", prefix="T-")
        deposit = paying.begun_for_cover(session, SUNNY, by=cast.sam)
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
        paid: dict[str, object] = {"deposit_id": deposit.id}
        invoice_id = session.scalars(select(Invoice.id)).one()
        drawn = Printed(content=b"%PDF-1.7 Trunk Lines Inc.", with_data=True)
        printing.keep(session, invoice_id, drawn)
        issued: dict[str, object] = {"invoice_id": invoice_id}
    return {
        "reseller.cover_payment": paid,
        "reseller.cover_invoice": issued,
        "reseller.cover_invoice_pdf": issued,
    }


def _waiting(session: ResellerSession, cast: Cast) -> dict[str, dict[str, object]]:
    """By route, what is only there while it waits."""
    table = f"Date;Text;Amount\n2026-11-18;{cast.sam.name};5,00\n".encode()
    named: dict[str, object] = {"statement_id": importing.take_in(session, table, by=cast.sam).id}
    waiting: dict[str, object] = {"deposit_id": transfers.expected(session)[0].id}
    return {
        "client.own_deposit": waiting,
        "reseller.transfer": waiting,
        "reseller.statement_columns": named,
        "reseller.name_columns": named,
    }


def _links(session: ResellerSession, cast: Cast) -> dict[str, dict[str, object]]:
    """By route, what its links hold that Sunny has mailed and nobody has followed yet."""
    join, confirm, change = ("j" * 43, "c" * 43, "e" * 43)
    guest = invitations.add(
        session, client_id=None, email="guest@sunny.test", role=Role.STAFF_READER, language="en",
        firstname="Gail", lastname="Guest",
    )  # fmt: skip
    _link(session, join, guest.id, purpose=invitations.PURPOSE)
    _link(session, confirm, _newcomer(session), purpose=confirming.PURPOSE)
    owner, now = cast.alice.owner, clock.now()
    session.add(
        EmailChange(
            person_id=owner.person_id, hash=signing.digest(change), email="new@acme.test",
            created_at=now, expires_at=now + resets.GOOD_FOR,
        )
    )  # fmt: skip
    approve = approving.make(
        session, client_id=cast.walter.client_id, recipient="office@sunny.test"
    )
    of_staff: dict[str, object] = {"person_id": guest.id}
    return {
        "reseller.staff_person": of_staff,
        "reseller.act_on_staff": of_staff,
        "public.join": {"token": join},
        "public.signup_confirm": {"token": confirm},
        "public.approve": {"token": approve},
        "account.confirm_email": {"token": change},
        "hooks.report": {"token": "of-nobody"},
        "hooks.receive": {"token": "of-nobody"},
    }


def _link(session: ResellerSession, token: str, person_id: int | None, *, purpose: str) -> None:
    now = clock.now()
    session.add(
        OneTimeLink(
            hash=signing.digest(token), person_id=person_id, purpose=purpose,
            created_at=now, expires_at=now + resets.GOOD_FOR,
        )
    )  # fmt: skip


def _newcomer(session: ResellerSession) -> int:
    """Somebody who has signed up, and has not shown yet that they read their mail."""
    client = signing_up.sign_up(
        session,
        form=signing_up.SignUp(
            email="nina@newcomer.test", password="correct horse battery", firstname="Nina",
            lastname="New", company="Newcomer", country="US", language="en",
        ),
        origin="http://sunny.localhost:8000",
    )  # fmt: skip
    assert client is not None
    return session.scalars(select(Person.id).where(Person.client_id == client.id)).one()


def _copy(database: Database, client_id: int, *, by: Actor) -> int:
    """A copy of a client's data, made for whoever asks."""
    with database.session(by.reseller_id) as session, session.begin():
        asked = archives.ask(session, client_id=client_id, language="en", time_zone="UTC", by=by).id
    with database.session(by.reseller_id) as session, session.begin():
        assert archive_making.make(session, archive_id=asked)
    return asked


def _ways_in(session: ResellerSession, by: Actor, *, name: str) -> dict[str, object]:
    """A passkey of somebody's, and a browser in which they are signed in."""
    person = session.get_one(Person, (session.reseller_id, by.person_id))
    passkey = Passkey(
        person_id=person.id, host=f"{name.lower()}.localhost", credential_id=name.encode(),
        public_key=b"", sign_count=0, name=name, created_at=clock.now(),
    )  # fmt: skip
    session.add(passkey)
    sessions.start(session, person=person, host="", address="192.0.2.1", browser=name)
    session.flush()
    return {"passkey_id": passkey.id, "session_id": sessions.own(session, person=person)[0].id}


def _login_secret(session: ResellerSession, cast: Cast) -> int:
    login_secrets.make(session, by=cast.sam, vault=_VAULT)
    (made,) = login_secrets.listed(session)
    return made.id


def _refused_mail(session: ResellerSession, cast: Cast) -> int:
    """A mail to a client, of which the operator's relay has said what names it."""
    mails = select(Mail).where(Mail.client_id == cast.alice.client_id, Mail.notice == "activated")
    mail = session.scalars(mails).one()
    mail.refused_at = clock.now()
    mail.error, mail.trouble = f"535 relay.{OPERATOR}.test says no", "login"
    return mail.id


def _for_sale(session: ResellerSession, cast: Cast) -> dict[str, object]:
    """What Sunny sells by, and what its clients have asked for."""
    (package,) = packages.listed(session)
    number = stock.add(session, number="+12025550177", by=cast.sam)
    voucher = vouchers.create(
        session, amount=UNIT, currency="USD", uses=1, expires_on=None, by=cast.sam
    )
    asked = country_requests.ask(
        session,
        client_id=cast.alice.client_id,
        country="FR",
        by=cast.alice.owner,
        origin="http://sunny.localhost",
    )
    draft = rate_imports.keep(
        session,
        ListName(currency="USD", package_id=package.id),
        Sheet(),
        today=clock.now().date(),
        by=cast.sam,
    )
    return {
        "package_id": package.id,
        "number_id": number.id,
        "voucher_id": voucher.id,
        "request_id": asked.id,
        "draft_id": draft,
    }


def _rename(session: ResellerSession, word: str, *, host: str, look: Look) -> None:
    reseller = resellers.own(session)
    reseller.name, reseller.slug = f"{word} firm", f"{word}-slug"
    reseller.email = f"office@{word}.test"
    hostnames.add(session, host, primary=True)
    branding.set_up(
        session, title=f"{word} title", look=look, welcome_html=f"<p>{word} welcomes</p>"
    )
    session.flush()


def _write_pages(session: ResellerSession, word: str, *, by: Actor) -> None:
    """A greeting in another language, a version of every page, and labels in own words."""
    labels = {each: f"{word} {each}"[:40] for each in ("Send", "Home", "Sign in", "Sent")}
    writing.keep_words(session, labels, language="en", by=by)
    welcome.keep(session, f"<p>{word} heißt [firstname] willkommen</p>", language="de")
    for page in site_pages.PAGES:
        writing.write_page(
            session, page, language="en", html=f"<p>{word} {page}</p>", based_on=0, by=by
        )


def _rename_person(session: ResellerSession, person_id: int | None, word: str) -> None:
    person = session.get_one(Person, (session.reseller_id, person_id))
    person.firstname = person.lastname = f"{word} staff"
    person.email = f"{person_id}@{word}.test"


def _hand_over(database: Database, gateway: int) -> None:
    """All that waits goes out through the operator's gateway; the last one's end is unknown."""
    with database.across_resellers() as session, session.begin():
        claimed = dispatching.claim(
            session,
            candidates=[Candidate(id=gateway, priority=1)],
            senders={gateway: _NUMBER},
            report_urls={gateway: f"http://{CONSOLE_HOST}/hooks/gateways/{OPERATOR}-hook-token"},
            limit=100,
        )
    assert len(claimed) == 5
    traffic.record(database, claimed[:-1], Status.SUBMITTED, upstream_id=f"{OPERATOR}-upstream")
    traffic.record(database, claimed[-1:], Status.UNKNOWN, reason="no answer within 30 s")
