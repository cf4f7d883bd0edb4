"""What belongs to somebody else looks exactly like what is not: the same answer, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import api_keys, cover, login_secrets, timeline, wallet
from portal.accounts.actor import Actor
from portal.accounts.client_models import ClientNote
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Person, SubAccount
from portal.accounts.roles import Right
from portal.accounts.session_models import SignedIn
from portal.accounts.sign_in_models import Passkey
from portal.accounts.timeline import Kind
from portal.billing import vouchers
from portal.infra import clock
from portal.infra.db import Database
from portal.infra.vault import Vault
from portal.invoicing.models import Invoice
from portal.messaging import country_requests
from portal.notifications.models import Mail
from portal.numbers.models import InboundNumber
from portal.payments import events, settling
from portal.payments.models import PaymentEvent
from portal.payments.port import Clue
from portal.pricing import packages, rate_imports
from portal.pricing.rate_lists import ListName
from portal.pricing.rate_sheets import Sheet
from portal.provisioning import sub_account_closing
from portal.reports import archive_making, archives
from portal.tenancy.resellers import OPERATOR_ID
from tests.builders import invoicing, paying, transferring
from tests.builders.inbound import NUMBER, OTHER_NUMBER, give
from tests.cast import LONG_AGO, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit, app, application, sent, visit

# It walks what other tests count already; counted as well, it takes half as long again.
pytestmark = pytest.mark.no_cover

__all__ = ["app", "application", "sent", "visit"]

NOT_THERE = (7, 2**62, 2**63 - 1)
NO_NUMBERS = ("0", "-1", str(2**63), "9" * 40, "1.0", "١", "%31%00", "x", "")
HOMES = ("/dashboard", "/reseller/", "/operator/resellers")
# Whatever a form of these pages could have, filled in well: the id is what is wrong.
FILLED_IN = {
    "amount": "1.00", "description": "test", "reason": "test", "key": "k" * 20, "name": "Second",
    "user": "second.user", "management": "HARD", "credit_limit": "", "package": "",
}  # fmt: skip


@dataclass(frozen=True)
class Strange:
    """Ids of others, by what they are ids of."""

    clients: tuple[int, ...]
    messages: tuple[int, ...]
    keys: tuple[int, ...]
    transfers: tuple[int, ...]


@pytest.fixture
def of_others(database: Database, cast: Cast, sent: Callable[..., int]) -> Strange:
    """What Alice, and for Harbour's also Sam, may not know of."""
    henrys = sent(cast.henry.owner, "+12025550142")
    bertas = sent(cast.berta.owner, "+4915112345678")
    keys, transfers = [], []
    for actor, staff in ((cast.henry.owner, cast.sam), (cast.berta.owner, cast.hanna)):
        assert actor.client_id is not None
        with database.session(actor.reseller_id) as session, session.begin():
            api_keys.create(session, by=actor, name="Strange", scopes={Right.MESSAGES_READ})
            keys.append(session.scalars(select(ApiKey.id)).one())
            transfers.append(
                wallet.payment(
                    session, client_id=actor.client_id, amount=5, description="x", by=staff
                )
            )
    return Strange(
        clients=(cast.berta.client_id,),
        messages=(henrys, bertas),
        keys=tuple(keys),
        transfers=tuple(transfers),
    )


def answers_to(browser: Browser, pattern: str, ids: object, *, post: bool) -> set[tuple[int, str]]:
    """What is said of each id in this place of an address."""
    for home in HOMES:
        browser.get(home)  # one of them is theirs, and has the token of a form
    said = set()
    for number in ids:  # type: ignore[attr-defined]  # any iterable will do
        path = pattern.format(number)
        for fields in ({}, FILLED_IN) if post else ({},):
            seen = browser.post(path, **fields) if post else browser.get(path)
            said.add((seen.status, seen.anonymous_html.replace(path, "PATH")))
    return said


def assert_all_alike(
    browser: Browser, pattern: str, strange: tuple[int, ...], *, post: bool = False
) -> None:
    nowhere = answers_to(browser, pattern, NOT_THERE, post=post)
    assert {status for status, _ in nowhere} == {404}
    assert len(nowhere) == 1
    assert answers_to(browser, pattern, strange, post=post) == nowhere
    for word in NO_NUMBERS:
        path = pattern.format(word)
        status = (browser.post(path) if post else browser.get(path)).status
        assert status in {400, 404, 405} or (word == "" and status in {200, 308}), path


@pytest.mark.parametrize("pattern", ["/messages/{}"])
def test_a_client_reads_nothing_of_others(
    visit: Visit, cast: Cast, of_others: Strange, pattern: str
) -> None:
    assert_all_alike(visit(cast.alice.owner), pattern, of_others.messages)


@pytest.mark.parametrize("act", ["", "/password"])
def test_a_client_changes_no_sub_account_of_others(visit: Visit, cast: Cast, act: str) -> None:
    strange = (cast.henry.sub_account_id, cast.berta.sub_account_id)
    pattern = f"/account/sub-accounts/{{}}{act}"
    assert_all_alike(visit(cast.alice.owner), pattern, strange, post=True)
    if not act:
        assert_all_alike(visit(cast.alice.owner), pattern, strange)


def test_nobody_ends_a_key_of_others(visit: Visit, cast: Cast, of_others: Strange) -> None:
    for actor, pattern in (
        (cast.sam, "/reseller/keys/{}/revoke"),
        (cast.olga, "/operator/keys/{}/revoke"),
    ):
        assert_all_alike(visit(actor), pattern, of_others.keys, post=True)


def test_a_secret_for_login_links_is_its_resellers(
    visit: Visit, cast: Cast, database: Database
) -> None:
    vault = Vault("a secret of the tests, long enough to be one")
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        login_secrets.make(session, by=cast.hanna, vault=vault)
        (strange,) = (each.id for each in login_secrets.listed(session))
    assert_all_alike(visit(cast.sam), "/reseller/access/secrets/{}/revoke", (strange,), post=True)


def test_a_client_ends_no_key_of_others(
    visit: Visit, cast: Cast, of_others: Strange, database: Database
) -> None:
    assert_all_alike(visit(cast.alice.owner), "/account/keys/{}/revoke", of_others.keys, post=True)
    with database.across_resellers() as session:
        ended = select(ApiKey.id).where(ApiKey.revoked_at.is_not(None))
        assert session.scalars(ended).all() == []


@pytest.mark.parametrize(
    "pattern",
    [
        "/reseller/clients/{}",
        "/reseller/clients/{}/copies",
        "/reseller/clients/{}/data",
        "/reseller/clients/{}/sending",
        "/reseller/clients/{}/money",
        "/reseller/clients/{}/statement",
        "/reseller/clients/{}/statement.csv",
        "/reseller/clients/{}/statement.pdf",
        "/reseller/clients/{}/numbers",
        "/reseller/clients/{}/messages",
        "/reseller/clients/{}/activity",
        "/reseller/clients/{}/notes",
        "/reseller/clients/{}/sub-accounts",
        "/reseller/clients/{}/sub-accounts/1",
        "/reseller/clients/{}/delete",
        "/reseller/messages/{}",
    ],
)
def test_staff_read_nothing_of_other_resellers(
    visit: Visit, cast: Cast, of_others: Strange, pattern: str
) -> None:
    strange = of_others.clients if "clients" in pattern else of_others.messages[1:]
    assert_all_alike(visit(cast.sam), pattern, strange)


@pytest.mark.parametrize(
    "act",
    [
        "statement/pdf", "statement/mail",
        "activate", "refuse", "suspend", "lift", "payment", "charge", "balance-management",
        "view-as", "sub-accounts", "transactions/1/reverse", "low-balance", "top-up/off", "move",
        "countries",
        "daily-limit", "senders", "senders/Buchladen/withdraw", "data", "copies",
        "notes", "notes/1/pin", "notes/unpin", "notes/1/remove", "delete", "sub-accounts/1/change",
        "sub-accounts/1/package", "sub-accounts/1/numbers", "sub-accounts/1/numbers/1/disconnect",
        "sub-accounts/1/password", "sub-accounts/1/close", "sub-accounts/1/reopen",
    ],
)  # fmt: skip
def test_staff_change_nothing_of_other_resellers(
    visit: Visit, cast: Cast, of_others: Strange, act: str
) -> None:
    pattern = f"/reseller/clients/{{}}/{act}"
    assert_all_alike(visit(cast.sam), pattern, of_others.clients, post=True)


def test_a_transaction_is_its_clients(visit: Visit, cast: Cast, of_others: Strange) -> None:
    """Also under the address of a client that is one's own."""
    pattern = f"/reseller/clients/{cast.alice.client_id}/transactions/{{}}/reverse"
    assert_all_alike(visit(cast.sam), pattern, of_others.transfers)
    assert_all_alike(visit(cast.sam), pattern, of_others.transfers, post=True)


def test_a_sub_account_is_its_clients(visit: Visit, cast: Cast) -> None:
    """Also under the address of another client of one's own."""
    pattern = f"/reseller/clients/{cast.alice.client_id}/sub-accounts/{{}}"
    strange = (cast.berta.sub_account_id, cast.henry.sub_account_id)
    assert_all_alike(visit(cast.sam), pattern, strange)
    for act in ("change", "package", "numbers", "numbers/1/disconnect", "password", "close"):
        assert_all_alike(visit(cast.sam), f"{pattern}/{act}", strange, post=True)


def test_nobody_opens_again_what_another_client_closed(
    visit: Visit, cast: Cast, database: Database
) -> None:
    strange = (cast.berta.sub_account_id, cast.henry.sub_account_id)
    for by, sub_account_id in zip((cast.hanna, cast.sam), strange, strict=True):
        with database.session(by.reseller_id) as session, session.begin():
            sub_account_closing.close(session, sub_account_id=sub_account_id, by=by)
    pattern = f"/reseller/clients/{cast.alice.client_id}/sub-accounts/{{}}/reopen"
    assert_all_alike(visit(cast.sam), pattern, strange, post=True)
    with database.across_resellers() as session:
        closed = select(SubAccount.id).where(SubAccount.closed_at.is_not(None))
        assert set(session.scalars(closed)) == set(strange)


def test_a_note_is_its_clients(visit: Visit, cast: Cast, database: Database) -> None:
    """Also under the address of another client of one's own."""
    strange = []
    for by, firm in ((cast.hanna, cast.berta), (cast.sam, cast.henry)):
        with database.session(by.reseller_id) as session, session.begin():
            note = timeline.add(
                session, client_id=firm.client_id, kind=Kind.NOTE, text="Late payer", by=by
            )
            timeline.pin(session, client_id=firm.client_id, note_id=note.id, by=by)
            strange.append(note.id)
    for act in ("pin", "remove"):
        pattern = f"/reseller/clients/{cast.alice.client_id}/notes/{{}}/{act}"
        assert_all_alike(visit(cast.sam), pattern, tuple(strange), post=True)
    with database.across_resellers() as session:
        assert set(session.scalars(select(ClientNote.id))) == set(strange)


def test_a_number_of_others_is_on_no_sub_account_of_ones_own(
    visit: Visit, cast: Cast, database: Database
) -> None:
    strange = []
    for by, firm, number in (
        (cast.hanna, cast.berta, NUMBER),
        (cast.sam, cast.henry, OTHER_NUMBER),
    ):
        with database.session(by.reseller_id) as session, session.begin():
            strange.append(give(session, firm, number=number).id)
    alice = cast.alice
    own = f"/reseller/clients/{alice.client_id}/sub-accounts/{alice.sub_account_id}"
    pattern = f"{own}/numbers/{{}}/disconnect"
    assert_all_alike(visit(cast.sam), pattern, tuple(strange), post=True)
    with database.across_resellers() as session:
        freed = select(InboundNumber.id).where(InboundNumber.sub_account_id.is_(None))
        assert set(session.scalars(freed)).isdisjoint(strange)


def test_a_passkey_is_its_persons(visit: Visit, cast: Cast, database: Database) -> None:
    strange = []
    for actor in (cast.henry.owner, cast.sam, cast.hanna, cast.olga):
        with database.session(actor.reseller_id) as session, session.begin():
            passkey = Passkey(
                person_id=actor.person_id or 0, host="x.localhost",
                credential_id=str(actor.person_id).encode(), public_key=b"", sign_count=0,
                name="Phone", created_at=clock.now(),
            )  # fmt: skip
            session.add(passkey)
            session.flush()
            strange.append(passkey.id)
    alice = visit(cast.alice.owner)
    assert_all_alike(alice, "/profile/passkeys/{}/remove", tuple(strange), post=True)
    rename = "/profile/passkeys/{}/rename"
    nowhere = answers_to(alice, rename, NOT_THERE, post=True)
    # Without a name nothing is looked for, and the page with all passkeys says what is missing.
    assert {status for status, _ in nowhere} == {303, 404}
    assert answers_to(alice, rename, strange, post=True) == nowhere
    with database.across_resellers() as session:
        assert session.scalars(select(Passkey.name)).all() == ["Phone"] * len(strange)


def test_nobody_signs_others_out(visit: Visit, cast: Cast, database: Database) -> None:
    """The answer is as for a browser that was signed out already, and they stay signed in."""
    others = (cast.henry.owner, cast.sam, cast.hanna, cast.olga)
    browsers = [visit(actor) for actor in others]
    with database.across_resellers() as session:
        of_others = select(SignedIn.id).where(
            SignedIn.person_id.in_([actor.person_id for actor in others])
        )
        strange = set(session.scalars(of_others))
    assert len(strange) == len(browsers)
    alice = visit(cast.alice.owner)
    pattern = "/profile/sessions/{}/end"
    nowhere = answers_to(alice, pattern, NOT_THERE[:2], post=True)
    assert {status for status, _ in nowhere} == {303}
    assert answers_to(alice, pattern, strange, post=True) == nowhere
    with database.across_resellers() as session:
        assert set(session.scalars(of_others)) == strange


@pytest.mark.parametrize("act", ["", "/edit", "/assign", "/what-if", "/rename", "/close"])
def test_a_package_is_its_resellers(visit: Visit, cast: Cast, database: Database, act: str) -> None:
    with database.session(cast.hanna.reseller_id) as session:
        strange = tuple(each.id for each in packages.listed(session))
    pattern = f"/reseller/packages/{{}}{act}"
    if act not in {"/rename", "/close"}:
        assert_all_alike(visit(cast.sam), pattern, strange)
    if act:
        assert_all_alike(visit(cast.sam), pattern, strange, post=True)


@pytest.mark.parametrize(
    "act",
    ["", "/disable", "/enable", "/link", "/remove", "/repeat", "/withdraw", "/second-step"],
)
def test_a_person_is_of_one_firm(
    visit: Visit, cast: Cast, of_others: Strange, database: Database, act: str
) -> None:
    """Of no other client, not of its reseller, of no other reseller; and the other way round."""
    alice, henry, berta, sam, hanna, olga = (
        each.person_id or 0
        for each in (
            cast.alice.owner, cast.henry.owner, cast.berta.owner, cast.sam, cast.hanna, cast.olga,
        )
    )  # fmt: skip
    of_alices = f"/reseller/clients/{cast.alice.client_id}/people/{{}}{act}"
    tried = [
        (visit(cast.alice.owner), f"/people/{{}}{act}", (henry, berta, sam, hanna, olga)),
        (visit(cast.sam), f"/reseller/staff/{{}}{act}", (alice, berta, hanna, olga)),
        (visit(cast.sam), of_alices, (henry, berta, sam, hanna, olga)),
        (visit(cast.olga), f"/operator/staff/{{}}{act}", (alice, berta, sam, hanna)),
    ]
    for browser, pattern, strange in tried:
        assert_all_alike(browser, pattern, strange, post=True)
        if not act:
            assert_all_alike(browser, pattern, strange)
    with database.across_resellers() as session:
        changed = select(Person.id).where(
            Person.disabled_at.is_not(None) | Person.removed_at.is_not(None)
        )
        assert session.scalars(changed).all() == []


def test_a_clients_people_are_its_resellers(visit: Visit, cast: Cast, of_others: Strange) -> None:
    assert_all_alike(visit(cast.sam), "/reseller/clients/{}/people", of_others.clients)
    invite = "/reseller/clients/{}/people/invite"
    assert_all_alike(visit(cast.sam), invite, of_others.clients)
    assert_all_alike(visit(cast.sam), invite, of_others.clients, post=True)


def test_deposits_are_of_their_client_and_of_its_reseller(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        paying.account(session, by=cast.sam)
        henrys = paying.begun(session, cast.henry).id
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        account = paying.account(session, by=cast.hanna)
        bertas = paying.begun(session, cast.berta).id
        events.keep_found(session, account_id=account.id, clue=Clue(payment_id="pi_1"))
        event = session.scalars(select(PaymentEvent.id)).one()
    assert_all_alike(visit(cast.alice.owner), "/deposits/{}", (henrys, bertas))
    sam = visit(cast.sam)
    assert_all_alike(sam, "/reseller/deposits/{}", (bertas,))
    for act in ("refund", "check"):
        assert_all_alike(sam, f"/reseller/deposits/{{}}/{act}", (bertas,), post=True)
    assert_all_alike(sam, "/reseller/payments/events/{}/replay", (event,), post=True)


def test_what_a_reseller_has_paid_is_its_own(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(OPERATOR_ID) as session, session.begin():
        account = paying.account(session, by=cast.olga)
        invoicing.make(session)
        hannas = paying.begun_for_cover(session, cast.hanna.reseller_id, by=cast.hanna)
        settling.apply(session, deposit_id=hannas.id, seen=paying.seen(hannas))
        issued = session.scalars(select(Invoice.id)).all()
        events.keep_found(session, account_id=account.id, clue=Clue(payment_id="pi_1"))
        event = session.scalars(select(PaymentEvent.id)).one()
    with database.session(cast.sam.reseller_id) as session, session.begin():
        paying.account(session, by=cast.sam)
        sams = paying.begun(session, cast.henry).id
        transferring.account(session, by=cast.sam)
        line = transferring.line(session, by=cast.sam)
    sam, olga = visit(cast.sam), visit(cast.olga)
    assert_all_alike(sam, "/reseller/cover/payments/{}", (hannas.id,))
    assert_all_alike(sam, "/reseller/cover/invoices/{}", issued)
    assert_all_alike(sam, "/reseller/cover/invoices/{}.pdf", issued)
    assert_all_alike(sam, "/reseller/deposits/{}", (hannas.id,))
    assert_all_alike(sam, "/reseller/invoices/{}", issued)
    assert_all_alike(sam, "/reseller/payments/events/{}/replay", (event,), post=True)
    # What clients have paid to their reseller is none of the operator's.
    for page in ("deposits", "transfers", "invoices"):
        assert_all_alike(olga, f"/operator/{page}/{{}}", (sams,))
    assert_all_alike(olga, "/operator/invoices/{}.pdf", (sams,))
    for act in ("refund", "check"):
        assert_all_alike(olga, f"/operator/deposits/{{}}/{act}", (sams,), post=True)
    for act in ("confirm", "call-off"):
        assert_all_alike(olga, f"/operator/transfers/{{}}/{act}", (sams,), post=True)
    assert_all_alike(olga, "/operator/payments/events/{}/replay", (sams,), post=True)
    statement = "/operator/transfers/statements/{}"
    assert_all_alike(olga, statement, (line.statement_id,))
    assert_all_alike(olga, f"{statement}/columns", (line.statement_id,))
    assert_all_alike(olga, f"{statement}/columns", (line.statement_id,), post=True)
    assert_all_alike(olga, "/operator/transfers/lines/{}", (line.id,))
    for act in ("book", "ignore", "undo"):
        assert_all_alike(olga, f"/operator/transfers/lines/{{}}/{act}", (line.id,), post=True)


def test_transfers_and_statements_are_their_resellers(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        transferring.account(session, by=cast.hanna)
        bertas = transferring.begun(session, cast.berta).id
        line = transferring.line(session, by=cast.hanna)
        strange = (line.statement_id,)
        of_line = (line.id,)
    assert_all_alike(visit(cast.alice.owner), "/deposits/{}", (bertas,))
    sam = visit(cast.sam)
    assert_all_alike(sam, "/reseller/transfers/{}", (bertas,))
    for act in ("confirm", "call-off"):
        assert_all_alike(sam, f"/reseller/transfers/{{}}/{act}", (bertas,), post=True)
    statement = "/reseller/transfers/statements/{}"
    assert_all_alike(sam, statement, strange)
    assert_all_alike(sam, f"{statement}/columns", strange)
    assert_all_alike(sam, f"{statement}/columns", strange, post=True)
    assert_all_alike(sam, "/reseller/transfers/lines/{}", of_line)
    for act in ("book", "ignore", "undo"):
        assert_all_alike(sam, f"/reseller/transfers/lines/{{}}/{act}", of_line, post=True)


def test_invoices_are_of_their_client_and_of_its_reseller(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        invoicing.make(session)
        henrys = invoicing.issue(session, cast.henry).id
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        invoicing.make(session)
        bertas = invoicing.issue(session, cast.berta).id
    for ending in ("", ".pdf"):
        assert_all_alike(visit(cast.alice.owner), f"/invoices/{{}}{ending}", (henrys, bertas))
        assert_all_alike(visit(cast.sam), f"/reseller/invoices/{{}}{ending}", (bertas,))


@pytest.mark.parametrize("act", ["", "/export", "/edit", "/import", "/import/1"])
def test_staff_see_no_rates_of_other_resellers(
    visit: Visit, cast: Cast, database: Database, act: str
) -> None:
    with database.session(cast.hanna.reseller_id) as session:
        strange = tuple(each.id for each in packages.listed(session))
    pattern = f"/reseller/packages/{{}}/rates{act}"
    assert_all_alike(visit(cast.sam), pattern, strange)
    if act and act != "/export":
        assert_all_alike(visit(cast.sam), pattern, strange, post=True)


def test_a_sheet_is_of_its_list_and_of_who_chose_it(
    visit: Visit, cast: Cast, database: Database
) -> None:
    """Also under the address of a package that is one's own."""
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        name = ListName(currency="EUR", package_id=packages.listed(session)[0].id)
        strange = rate_imports.keep(session, name, Sheet(), today=LONG_AGO, by=cast.hanna)
    with database.session(cast.sam.reseller_id) as session, session.begin():
        package_id = packages.listed(session)[0].id
        sheets = [
            rate_imports.keep(session, name, Sheet(), today=LONG_AGO, by=by)
            for name, by in (
                (ListName(currency="USD", package_id=package_id), cast.olga),
                (ListName(currency="USD"), cast.sam),
                (ListName(currency="EUR", package_id=package_id), cast.sam),
            )
        ]
    pattern = f"/reseller/packages/{package_id}/rates/import/{{}}"
    assert_all_alike(visit(cast.sam), pattern, (strange, *sheets))
    assert_all_alike(visit(cast.sam), pattern, (strange, *sheets), post=True)


def test_a_voucher_is_its_resellers(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        made = vouchers.create(
            session, amount=5, currency="EUR", uses=1, expires_on=None, by=cast.hanna
        )
    assert_all_alike(visit(cast.sam), "/reseller/vouchers/{}/withdraw", (made.id,), post=True)
    with database.session(cast.hanna.reseller_id) as session:
        assert vouchers.listed(session)[0].voucher.withdrawn_at is None


@pytest.mark.parametrize("act", ["", "/frame", "/repeat", "/hasten"])
def test_a_mail_is_its_resellers(visit: Visit, cast: Cast, database: Database, act: str) -> None:
    with database.session(cast.hanna.reseller_id) as session:
        strange = tuple(session.scalars(select(Mail.id)))
    assert strange
    is_act = act in {"/repeat", "/hasten"}
    assert_all_alike(visit(cast.sam), f"/reseller/mails/{{}}{act}", strange, post=is_act)


@pytest.mark.parametrize("act", ["open-for-client", "open-for-all", "decline"])
def test_a_wish_for_a_country_is_its_resellers(
    visit: Visit, cast: Cast, database: Database, act: str
) -> None:
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        asked = country_requests.ask(
            session,
            client_id=cast.berta.client_id,
            country="FR",
            by=cast.berta.owner,
            origin="http://harbour.localhost",
        )
    pattern = f"/reseller/country-requests/{{}}/{act}"
    assert_all_alike(visit(cast.sam), pattern, (asked.id,), post=True)
    with database.session(cast.hanna.reseller_id) as session:
        assert country_requests.count_waiting(session) == 1


def test_a_payment_is_its_covers(visit: Visit, cast: Cast, database: Database) -> None:
    """Also under the address of another reseller, or of a client's payment."""
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        strange = (
            cover.pay_in(session, amount=5, description="x", by=cast.olga),
            wallet.payment(
                session,
                client_id=cast.berta.client_id,
                amount=5,
                description="x",
                by=cast.hanna,
            ),
        )
    pattern = f"/operator/resellers/{cast.sam.reseller_id}/cover/USD/{{}}/reverse"
    assert_all_alike(visit(cast.olga), pattern, strange)
    assert_all_alike(visit(cast.olga), pattern, strange, post=True)


def test_programs_move_no_money_of_others(app: Flask, database: Database, cast: Cast) -> None:
    key = _key(database, cast.sam, Right.MONEY_POST)
    said = set()
    for number in (cast.berta.client_id, *NOT_THERE, 0, -1, 2**63, "9" * 40, "x", "1.0"):
        answer = app.test_client().post(
            f"/api/v1/clients/{number}/payments",
            base_url="http://sunny.localhost",
            headers={"Authorization": f"Bearer {key}"},
            json={"amount": "1.00", "description": "x"},
        )
        said.add((answer.status_code, answer.json["code"]))
    assert said == {(404, "not_found")}


def test_a_number_is_its_resellers(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(cast.hanna.reseller_id) as session, session.begin():
        strange = (give(session, cast.berta).id,)
    assert_all_alike(visit(cast.sam), "/reseller/numbers/{}", strange)
    for act in ("connect", "disconnect"):
        assert_all_alike(visit(cast.sam), f"/reseller/numbers/{{}}/{act}", strange, post=True)
    taken_out = f"/operator/resellers/{cast.sam.reseller_id}/numbers/{{}}/end"
    assert_all_alike(visit(cast.olga), taken_out, strange, post=True)


@pytest.mark.parametrize(
    "act",
    ["", "/visit", "/leaks", "/rates", "/rates/export", "/rates/edit", "/rates/import",
     "/rates/import/1", "/cover", "/suspend", "/resume", "/numbers", "/hostnames",
     "/hostnames/x.test/release"],
)  # fmt: skip
def test_a_reseller_that_is_not_there(visit: Visit, cast: Cast, act: str) -> None:
    """The operator oversees all of them, and is none of them itself."""
    ids = (7, 0, 2**62)
    post = bool(act) and act not in {"/rates", "/rates/export"}
    said = answers_to(visit(cast.olga), f"/operator/resellers/{{}}{act}", ids, post=post)
    assert {status for status, _ in said} == {404}
    assert len(said) == 1


@pytest.mark.parametrize("by_staff", [False, True])
def test_a_copy_of_data_is_whose_it_is(
    visit: Visit, cast: Cast, database: Database, by_staff: bool
) -> None:
    """Also under one's own client's address, and of staff what the client itself asked for."""
    strange = []
    for by, client_id in (
        (cast.hanna, cast.berta.client_id),
        (cast.henry.owner, cast.henry.client_id),
        (cast.alice.owner if by_staff else cast.sam, cast.alice.client_id),
    ):
        with database.session(by.reseller_id) as session, session.begin():
            asked = archives.ask(
                session, client_id=client_id, language="en", time_zone="UTC", by=by
            )
        with database.session(by.reseller_id) as session, session.begin():
            assert archive_making.make(session, archive_id=asked.id)
        strange.append(asked.id)
    who = cast.sam if by_staff else cast.alice.owner
    base = (
        f"/reseller/clients/{cast.alice.client_id}/copies" if by_staff else "/account/data/copies"
    )
    assert_all_alike(visit(who), f"{base}/{{}}", tuple(strange))


def test_every_route_with_an_id_is_tried_here(app: Flask) -> None:
    """A new one is entered here, with what others have of it."""
    with_ids = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if any(name.endswith("_id") for name in rule.arguments)
    }
    assert with_ids == {
        "api.get_message", "client.message", "client.revoke_token", "operator.reseller",
        "reseller.revoke_token", "operator.revoke_token", "reseller.revoke_login_secret",
        "client.sub_account", "client.renew_api_password", "operator.visit",
        "client.person", "client.act_on_person", "reseller.staff_person", "reseller.act_on_staff",
        "operator.staff_person", "operator.act_on_staff", "reseller.client_people",
        "client.take_off_second_step", "reseller.take_off_second_step",
        "reseller.take_off_client_second_step", "operator.take_off_second_step",
        "reseller.invite_client_person", "reseller.client_person", "reseller.act_on_client_person",
        "operator.add_number", "operator.end_number", "operator.numbers",
        "operator.hostnames", "operator.hostname_limits", "operator.release_hostname",
        "operator.themes",
        "operator.look_for_leaks", "operator.reseller_leaks",
        "reseller.connect_number", "reseller.disconnect_number", "reseller.number",
        "operator.resume", "operator.suspend", "operator.top_up", "operator.cover_limit",
        "reseller.activate",
        "reseller.balance_management", "reseller.charge", "reseller.client", "reseller.lift",
        "reseller.message", "reseller.open_sub_account", "reseller.payment", "reseller.refuse",
        "reseller.reverse", "reseller.suspend", "reseller.take_refusal_back", "reseller.view_as",
        "operator.rates", "operator.export_rates", "operator.edit_rate", "operator.import_rates",
        "operator.rate_draft", "reseller.rates", "reseller.export_rates", "reseller.edit_rate",
        "reseller.import_rates", "reseller.rate_draft",
        "api.add_charge", "api.add_payment", "operator.reverse_top_up", "reseller.low_balance",
        "reseller.stop_client_top_up",
        "reseller.move_money", "reseller.client_sending", "reseller.client_countries",
        "reseller.client_daily_limit", "reseller.approve_sender", "reseller.withdraw_sender",
        "reseller.withdraw_voucher", "reseller.open_country_for_client",
        "reseller.open_country_for_all", "reseller.decline_country",
        "reseller.package", "reseller.edit_package", "reseller.rename_package",
        "reseller.close_package", "reseller.assign_package", "reseller.try_version",
        "reseller.try_package", "reseller.client_data",
        "reseller.mail_written", "reseller.mail_frame", "reseller.repeat_mail",
        "reseller.hasten_mail", "client.fetch_copy", "reseller.client_copies",
        "reseller.ask_for_client_copy", "reseller.fetch_client_copy",
        "account.end_session", "account.remove_passkey", "account.rename_passkey",
        "reseller.transfer", "reseller.confirm_transfer", "reseller.call_off_transfer",
        "reseller.statement", "reseller.statement_columns", "reseller.name_columns",
        "reseller.bank_line", "reseller.book_line", "reseller.ignore_line", "reseller.undo_line",
        "client.invoice", "client.invoice_pdf", "reseller.invoice", "reseller.invoice_pdf",
        "client.own_deposit", "reseller.deposit", "reseller.refund_deposit",
        "reseller.cover_payment", "reseller.cover_invoice", "reseller.cover_invoice_pdf",
        "operator.deposit", "operator.refund_deposit", "operator.check_deposit",
        "operator.transfer", "operator.confirm_transfer", "operator.call_off_transfer",
        "operator.invoice", "operator.invoice_pdf", "operator.replay_event",
        "operator.statement", "operator.statement_columns", "operator.name_columns",
        "operator.bank_line", "operator.book_line", "operator.ignore_line", "operator.undo_line",
        "reseller.check_deposit", "reseller.replay_event", "reseller.client_wallet",
        "reseller.client_statement", "reseller.client_statement_file",
        "reseller.client_statement_pdf", "reseller.make_client_statement_pdf",
        "reseller.client_statement_mail",
        "reseller.client_numbers", "reseller.client_messages", "reseller.client_activity",
        "reseller.client_notes", "reseller.add_note", "reseller.pin_note", "reseller.unpin_note",
        "reseller.remove_note", "reseller.delete_client", "reseller.client_sub_accounts",
        "reseller.client_sub_account", "reseller.change_sub_account", "reseller.change_package",
        "reseller.connect_to_sub_account", "reseller.disconnect_from_sub_account",
        "reseller.renew_api_password", "reseller.close_sub_account", "reseller.reopen_sub_account",
    }  # fmt: skip


def test_programs_read_nothing_of_others(
    app: Flask, database: Database, cast: Cast, of_others: Strange
) -> None:
    key = _key(database, cast.alice.owner)
    said = {
        _program_reads(app, key, number)
        for number in (*of_others.messages, *NOT_THERE, 0, -1, 2**63, "9" * 40, "x", "1.0")
    }
    assert len(said) == 1
    ((status, body),) = said
    assert (status, json.loads(body)["code"]) == (404, "not_found")


def _program_reads(app: Flask, key: str, number: object) -> tuple[int, str]:
    answer = app.test_client(use_cookies=False).get(
        f"/api/v1/messages/{number}",
        base_url="http://sunny.localhost",
        headers={"Authorization": f"Bearer {key}"},
    )
    return answer.status_code, answer.text


def _key(database: Database, actor: Actor, scope: Right = Right.MESSAGES_READ) -> str:
    with database.session(actor.reseller_id) as session, session.begin():
        _, text = api_keys.create(session, by=actor, name="Reading", scopes={scope})
    return text
