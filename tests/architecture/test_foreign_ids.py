"""What belongs to somebody else looks exactly like what is not: the same answer, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import api_keys, cover, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import ApiKey
from portal.accounts.roles import Right
from portal.billing import vouchers
from portal.infra.db import Database
from portal.messaging import country_requests
from portal.notifications.models import Mail
from portal.pricing import packages, rate_imports
from portal.pricing.rate_lists import ListName
from portal.pricing.rate_sheets import Sheet
from tests.builders.inbound import give
from tests.cast import LONG_AGO, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit, app, application, sent, visit

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
        "/reseller/clients/{}/data",
        "/reseller/clients/{}/sending",
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
        "activate", "refuse", "suspend", "lift", "payment", "charge", "balance-management",
        "view-as", "sub-accounts", "transactions/1/reverse", "low-balance", "move", "countries",
        "daily-limit", "senders", "senders/Buchladen/withdraw", "data",
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
    ["", "/leaks", "/rates", "/rates/export", "/rates/edit", "/rates/import", "/rates/import/1",
     "/cover", "/suspend", "/resume", "/numbers", "/hostnames", "/hostnames/x.test/release"],
)  # fmt: skip
def test_a_reseller_that_is_not_there(visit: Visit, cast: Cast, act: str) -> None:
    """The operator oversees all of them, and is none of them itself."""
    ids = (7, 0, 2**62)
    post = bool(act) and act not in {"/rates", "/rates/export"}
    said = answers_to(visit(cast.olga), f"/operator/resellers/{{}}{act}", ids, post=post)
    assert {status for status, _ in said} == {404}
    assert len(said) == 1


def test_every_route_with_an_id_is_tried_here(app: Flask) -> None:
    """A new one is entered here, with what others have of it."""
    with_ids = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if any(name.endswith("_id") for name in rule.arguments)
    }
    assert with_ids == {
        "api.get_message", "client.message", "client.revoke_token", "operator.reseller",
        "operator.add_number", "operator.end_number", "operator.numbers",
        "operator.hostnames", "operator.hostname_limits", "operator.release_hostname",
        "operator.look_for_leaks", "operator.reseller_leaks",
        "reseller.connect_number", "reseller.disconnect_number", "reseller.number",
        "operator.resume", "operator.suspend", "operator.top_up", "reseller.activate",
        "reseller.balance_management", "reseller.charge", "reseller.client", "reseller.lift",
        "reseller.message", "reseller.open_sub_account", "reseller.payment", "reseller.refuse",
        "reseller.reverse", "reseller.suspend", "reseller.view_as",
        "operator.rates", "operator.export_rates", "operator.edit_rate", "operator.import_rates",
        "operator.rate_draft", "reseller.rates", "reseller.export_rates", "reseller.edit_rate",
        "reseller.import_rates", "reseller.rate_draft",
        "api.add_charge", "api.add_payment", "operator.reverse_top_up", "reseller.low_balance",
        "reseller.move_money", "reseller.client_sending", "reseller.client_countries",
        "reseller.client_daily_limit", "reseller.approve_sender", "reseller.withdraw_sender",
        "reseller.withdraw_voucher", "reseller.open_country_for_client",
        "reseller.open_country_for_all", "reseller.decline_country",
        "reseller.package", "reseller.edit_package", "reseller.rename_package",
        "reseller.close_package", "reseller.assign_package", "reseller.try_version",
        "reseller.try_package", "reseller.client_data",
        "reseller.mail_written", "reseller.mail_frame", "reseller.repeat_mail",
        "reseller.hasten_mail",
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
