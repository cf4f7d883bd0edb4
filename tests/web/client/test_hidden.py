"""What is hidden from a client is refused: each service, every amount, and what is too much."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal.accounts import access, quotas, sub_accounts, wallet
from portal.accounts.quotas import Mode
from portal.accounts.statuses import BalanceManagement
from portal.billing import vouchers
from portal.http.actor import access_of
from portal.http.wiring import current
from portal.infra.db import Database
from portal.pricing import packages, showing
from portal.tenancy import settings
from portal.tenancy.display import LOOKED_AT, OF_MONEY, Display, Service, View
from tests.builders.addresses import filled
from tests.builders.inbound import give, receive
from tests.builders.money import bring_to
from tests.cast import SUNNY, UNIT, Cast
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit

ALWAYS_THERE = {
    "client.dashboard",
    "client.account",
    "client.messages",
    "client.message",
    "client.ask",
    "client.activity",
    "client.activity_file",
    "client.privacy",
    "client.ask_for_copy",
    "client.fetch_copy",
    "client.people",
    "client.person",
    "client.roles",
    "client.invite_person",
    "client.act_on_person",
    "client.take_off_second_step",
    "client.sub_accounts_list",
    "client.sub_account",
    "client.open_sub_account",
    "client.renew_api_password",
}
# An amount, and no address in a network.
AMOUNT = re.compile(r"[$€]|\bUSD\b|(?<![\d.])\d+[.,]\d{2,6}(?![\d.])")
# Nobody's: not there for anybody, whatever is shown.
OF_NOBODY = re.compile(r"revoke|/1\b")
OWN_PAGES = re.compile(r'href="(/people/\d+|/account/sub-accounts/\d+)"')
Show = Callable[..., None]


@pytest.fixture
def show(app: Flask, database: Database) -> Show:
    """Let Sunny's clients, or those who have a package, see so much."""

    def do(display: Display | None, *, package: str = "") -> None:
        with database.session(SUNNY) as session, session.begin():
            if package:
                found = next(each for each in packages.listed(session) if each.name == package)
                showing.put(found, display)
            else:
                settings.change(session, display=display)
        with app.app_context():
            current().tenants.forget()

    return do


@pytest.fixture
def busy(database: Database, cast: Cast, sent: Callable[..., int]) -> int:
    """Alice with something on each of her pages; the id of a message."""
    message_id = sent(cast.alice.owner, "+12025550101")
    sent(cast.alice.owner, "+4915112345678", "x" * 200)
    with database.session(SUNNY) as session, session.begin():
        give(session, cast.alice, fee=5_000)
        receive(session, "An answer")
        made, _ = sub_accounts.create(
            session, client_id=cast.alice.client_id, name="Shop", user="alice.shop", by=cast.sam
        )
        quotas.set_mode(session, sub_account_id=made.id, mode=Mode.PREPAID, by=cast.sam)
    return message_id


def of_services(app: Flask) -> Iterator[tuple[Service, str, str]]:
    """Each route of each service with each method, and an address."""
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        assert access is not None
        if rule.endpoint.startswith("client.") and access.service is not None:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield access.service, method, filled(rule.rule, "1")


def plain_pages(app: Flask) -> set[str]:
    """The addresses of clients that need no number."""
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("client.") and "<" not in rule.rule
        if "GET" in (rule.methods or ())
    }


def ask(browser: Browser, method: str, path: str) -> Seen:
    return browser.get(path) if method == "GET" else browser.post(path)


def test_every_page_of_clients_is_of_a_service_or_always_there(app: Flask) -> None:
    pages = {name for name in app.view_functions if name.startswith("client.")}
    served = {name for name in pages if access_of(app.view_functions[name]).service is not None}
    assert pages - served == ALWAYS_THERE


@pytest.mark.parametrize("service", Service)
def test_a_hidden_service_is_not_there(
    app: Flask, visit: Visit, cast: Cast, show: Show, service: Service
) -> None:
    asked = [(method, path) for each, method, path in of_services(app) if each is service]
    assert asked or service is Service.NUMBERS  # which is a part of other pages
    alice = visit(cast.alice.owner)
    shown = {path: ask(alice, method, path).status for method, path in asked}
    assert 404 not in {shown[path] for path in shown if not OF_NOBODY.search(path)}, shown
    before = {path: alice.get(path).status for path in plain_pages(app)}
    show(Display(hidden=(service,)))
    nowhere = alice.get("/nope")
    for method, path in asked:
        seen = ask(alice, method, path)
        assert (seen.status, seen.anonymous_html.replace(path, "/nope")) == (
            404,
            nowhere.anonymous_html,
        ), path
    hidden = {path for _, path in asked}
    for path in sorted(plain_pages(app) - hidden):
        page = alice.get(path)
        assert page.status == before[path], path
        links = set(re.findall(r'(?:href|action|formaction)="(/[^"?#]*)', page.html))
        assert not links & hidden, path


@pytest.mark.parametrize("view", [View.BARE, View.SIMPLE])
def test_a_view_says_which_services_are_there(
    app: Flask, visit: Visit, cast: Cast, show: Show, view: View
) -> None:
    show(Display(view=view))
    alice = visit(cast.alice.owner)
    for service, method, path in of_services(app):
        gone = ask(alice, method, path).status == 404
        if view is View.BARE or not OF_NOBODY.search(path):
            hidden = view is View.BARE and service not in LOOKED_AT
            assert gone == (hidden or bool(OF_NOBODY.search(path))), path


@pytest.mark.usefixtures("busy")
def test_numbers_are_a_part_of_the_account(visit: Visit, cast: Cast, show: Show) -> None:
    alice = visit(cast.alice.owner)
    assert 'id="numbers"' in alice.get("/account").html
    show(Display(hidden=(Service.NUMBERS,)))
    assert 'id="numbers"' not in alice.get("/account").html


@pytest.mark.usefixtures("busy")
def test_the_first_page_shows_nothing_of_what_is_hidden(
    visit: Visit, cast: Cast, show: Show
) -> None:
    alice = visit(cast.alice.owner)
    everything = alice.get("/dashboard")
    for word in ("Balance", "Prepaid parts of Shop", "Redeem a voucher", "last 30 days"):
        assert word in everything.text
    show(Display(hidden=(Service.BALANCE, Service.QUOTAS, Service.USAGE)))
    seen = alice.get("/dashboard").text
    for word in ("Balance", "Prepaid parts of Shop", "last 30 days", "You may not see"):
        assert word not in seen
    assert "Redeem a voucher" in seen


def test_first_steps_lead_nowhere_that_is_hidden(visit: Visit, cast: Cast, show: Show) -> None:
    alice = visit(cast.alice.owner)
    assert "Send your first message" in alice.get("/dashboard").text
    show(Display(view=View.BARE, money=False))
    seen = alice.get("/dashboard").text
    assert "Send your first message" not in seen
    assert "Have money in your balance" not in seen


def test_staff_in_a_clients_place_see_what_the_client_sees(
    visit: Visit, cast: Cast, show: Show
) -> None:
    show(Display(hidden=(Service.PRICES,)))
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(page)
    assert sam.post(f"{page}/view-as", reason="To help").status == 303
    assert (sam.get("/prices").status, sam.get("/send").status) == (404, 200)


def test_staff_see_their_own_pages_whatever_clients_see(
    visit: Visit, cast: Cast, show: Show
) -> None:
    show(Display(view=View.BARE, hidden=tuple(Service), money=False))
    seen = visit(cast.sam).get(f"/reseller/clients/{cast.alice.client_id}")
    assert (seen.status, "$100.00" in seen.text) == (200, True)


# Packages


def test_a_package_says_otherwise_for_those_who_have_it(
    visit: Visit, cast: Cast, show: Show
) -> None:
    show(Display(hidden=(Service.INBOX,)))
    show(Display(hidden=(Service.PRICES,)), package="Starter")
    alice = visit(cast.alice.owner)
    assert [alice.get(path).status for path in ("/inbox", "/prices")] == [200, 404]
    show(None, package="Starter")
    assert [alice.get(path).status for path in ("/inbox", "/prices")] == [404, 200]


def test_who_has_several_packages_sees_what_any_of_them_shows(
    visit: Visit, cast: Cast, show: Show, database: Database
) -> None:
    show(Display(view=View.BARE, money=False), package="Starter")
    alice = visit(cast.alice.owner)
    assert [alice.get(path).status for path in ("/usage", "/statement")] == [404, 404]
    with database.session(SUNNY) as session, session.begin():
        sub_accounts.create(  # without a package, it is shown what the portal says
            session, client_id=cast.alice.client_id, name="Shop", user="alice.shop", by=cast.sam
        )
    assert [alice.get(path).status for path in ("/usage", "/statement")] == [200, 200]


def test_a_client_without_sub_accounts_is_shown_what_the_portal_says(
    visit: Visit, cast: Cast, show: Show, database: Database
) -> None:
    show(Display(hidden=(Service.USAGE,)), package="Starter")
    show(Display(hidden=(Service.PRICES,)))
    with database.session(SUNNY) as session, session.begin():
        (made,) = access.sub_accounts_of(session, client_id=cast.alice.client_id)
        made.closed_at = made.created_at
    alice = visit(cast.alice.owner)
    assert [alice.get(path).status for path in ("/usage", "/prices")] == [200, 404]


# No money


def walk(alice: Browser, app: Flask, message_id: int) -> Iterator[tuple[str, Seen]]:
    """Every page of a client, and what is counted while somebody types."""
    for rule in app.url_map.iter_rules():
        plain = "<" not in rule.rule or rule.endpoint == "client.message"
        if plain and rule.endpoint.startswith("client.") and "GET" in (rule.methods or ()):
            path = filled(rule.rule, str(message_id))
            yield path, alice.get(path)
    lists = alice.get("/people").html + alice.get("/account/sub-accounts").html
    own = set(OWN_PAGES.findall(lists))
    assert own  # those whose numbers no message has
    for path in own:
        yield path, alice.get(path)
    alice.get("/send")
    typed = {"to": "+12025550142", "text": "Hello", "key": "a-key"}
    yield "fragment", alice.post("/send/estimate", fragment=True, **typed)
    yield "estimate", alice.post("/send/estimate", **typed)


def amounts_on(seen: Seen) -> list[str]:
    """What looks like money; addresses of files and the welcome text have none."""
    bare = re.sub(r'(?:src|href|datetime|content)="[^"]*"|<title>.*?</title>', "", seen.html)
    return AMOUNT.findall(bare)


def test_without_money_there_is_no_amount_on_any_page(
    app: Flask, visit: Visit, cast: Cast, show: Show, busy: int
) -> None:
    alice = visit(cast.alice.owner)
    with_amounts = {path for path, seen in walk(alice, app, busy) if amounts_on(seen)}
    shows_some = {"/dashboard", "/messages", f"/messages/{busy}", "/inbox", "/account"}
    assert shows_some | {"fragment", "estimate", "/usage", "/statement"} <= with_amounts
    show(Display(money=False))
    for path, seen in walk(alice, app, busy):
        of_money = ("/prices", "/statement", "/voucher", "/deposit", "/invoices", "/top-up")
        hidden = path.startswith((*of_money, "/trial-credit"))
        assert seen.status == (404 if hidden else 200), path
        assert amounts_on(seen) == [], path
    assert "price" not in alice.get("/usage.csv").html
    assert "Free parts" not in alice.get(f"/messages/{busy}").text


def test_a_refusal_for_money_names_no_amount(
    visit: Visit, cast: Cast, show: Show, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, cast.henry, 1_000, by=cast.sam)
    henry = visit(cast.henry.owner)

    def refused(key: str) -> str:
        henry.get("/send")
        seen = henry.post("/send", to="+12025550142", text="Hello", key=key)
        assert seen.status == 422
        return seen.text

    assert "costs $0.0138, and your balance is $0.001" in refused("one")
    show(Display(hidden=(Service.BALANCE,)))
    without_balance = refused("two")
    assert "costs $0.0138, which your balance does not cover" in without_balance
    assert "0.001." not in without_balance
    show(Display(money=False))
    without_money = refused("three")
    assert "Your balance does not cover this message." in without_money
    assert not AMOUNT.search(without_money)


def test_a_voucher_without_a_balance_leads_back_to_its_form(
    visit: Visit, cast: Cast, show: Show, database: Database
) -> None:
    from_reseller = [_voucher(database, cast) for _ in range(2)]
    alice = visit(cast.alice.owner)
    alice.get("/voucher")
    assert alice.post("/voucher", code=from_reseller[0]).location.startswith("/statement")
    show(Display(hidden=(Service.BALANCE,)))
    seen = alice.post("/voucher", code=from_reseller[1])
    assert (seen.status, seen.location) == (303, "/voucher")
    assert alice.follow(seen).status == 200


def _voucher(database: Database, cast: Cast) -> str:
    with database.session(SUNNY) as session, session.begin():
        made = vouchers.create(
            session, amount=UNIT, currency="USD", uses=1, expires_on=None, by=cast.sam
        )
        return str(made.code)


# The simple view


def test_a_simple_view_leaves_details_out(visit: Visit, cast: Cast, show: Show, busy: int) -> None:
    alice = visit(cast.alice.owner)
    details = {
        "/messages": ['name="status"'],
        f"/messages/{busy}": ["Alphabet", 'id="history"', "Number of the message"],
        "/account": ["User name"],
        "/usage": ["By status"],
    }
    for path, words in details.items():
        html = alice.get(path).html
        assert all(word in html for word in words), path
    show(Display(view=View.SIMPLE))
    for path, words in details.items():
        html = alice.get(path).html
        assert not [word for word in words if word in html], path
    alice.get("/send")
    typed = {"to": "+12025550142", "text": "Hello", "key": "a-key"}
    counted = alice.post("/send/estimate", fragment=True, **typed).text
    assert "Alphabet" not in counted
    assert "$0.0138" in counted


@pytest.mark.usefixtures("busy")
def test_a_simple_view_has_no_amounts_of_months(visit: Visit, cast: Cast, show: Show) -> None:
    def of_months(seen: Seen) -> list[str]:
        tiles = re.findall(r'<section class="card tile">.*?</section>', seen.html, re.DOTALL)
        assert len(tiles) == 2
        return [amount for tile in tiles for amount in AMOUNT.findall(tile)]

    alice = visit(cast.alice.owner)
    assert of_months(alice.get("/usage"))
    show(Display(view=View.SIMPLE))
    assert not of_months(alice.get("/usage"))


@pytest.mark.usefixtures("busy")
def test_a_simple_view_narrows_nothing_by_status(visit: Visit, cast: Cast, show: Show) -> None:
    alice = visit(cast.alice.owner)
    assert alice.get("/messages?status=expired").rows() == 0
    show(Display(view=View.SIMPLE))
    assert alice.get("/messages?status=expired").rows() == 2


def test_prepaid_money_and_soft_money_say_the_same_of_themselves(
    visit: Visit, cast: Cast, show: Show, database: Database
) -> None:
    """How a client pays is nothing that it is told where it is told nothing of money."""
    show(Display(money=False))
    before = visit(cast.alice.owner).get("/dashboard").text
    with database.session(SUNNY) as session, session.begin():
        wallet.set_balance_management(
            session,
            client_id=cast.alice.client_id,
            management=BalanceManagement.HARD,
            credit_limit=None,
            by=cast.sam,
        )
    assert visit(cast.alice.owner).get("/dashboard").text == before


def test_what_consists_of_money_goes_with_it() -> None:
    assert {Service.PRICES, Service.BALANCE, Service.DEPOSITS, Service.VOUCHERS} == OF_MONEY
