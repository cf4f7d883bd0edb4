"""Somebody limited sees their sub-accounts alone, and never the wallet: page by page."""

import pytest

from portal.infra.db import Database
from tests.architecture.matrix import ROUTES, Open
from tests.builders import limited
from tests.builders.limited import HIDDEN, OF_THE_WALLET, Limited
from tests.cast import Cast
from tests.web.conftest import Visit

PAGES = sorted(
    endpoint
    for endpoint, (_, methods, _) in ROUTES.items()
    if endpoint.startswith("client.") and "GET" in methods
)


@pytest.fixture
def planted(database: Database, cast: Cast) -> Limited:
    return limited.plant(database, cast)


def paths(app) -> list[str]:
    """Every address of a client's pages that needs nothing filled in."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint in PAGES and not rule.arguments
    )


@pytest.mark.parametrize("who", ["user", "reader"])
def test_no_page_tells_of_other_sub_accounts_or_of_money(
    app, visit: Visit, cast: Cast, planted: Limited, who: str
) -> None:
    browser = visit(getattr(planted, who))
    opened, told = set(), {}
    for path in paths(app):
        seen = browser.get(path)
        if seen.status == 200:
            opened.add(path)
        told[path] = [each for each in (*HIDDEN, *OF_THE_WALLET) if each in seen.html]
    assert {path: found for path, found in told.items() if found} == {}
    assert {"/dashboard", "/messages", "/inbox", "/usage", "/account"} <= opened
    refused = {"/statement", "/voucher", "/quotas", "/people"}
    assert not opened & refused
    for path in refused:
        assert browser.get(path).status == 403


def test_the_owner_sees_on_the_same_pages_what_is_hidden(
    app, visit: Visit, cast: Cast, planted: Limited
) -> None:
    """Or the test above would find nothing for another reason."""
    browser = visit(cast.alice.owner)
    all_of_it = "".join(browser.get(path).html for path in paths(app))
    assert [each for each in HIDDEN if each not in all_of_it] in ([], ["5550182"])
    assert OF_THE_WALLET[2] in all_of_it


def test_their_own_is_there(visit: Visit, planted: Limited) -> None:
    browser = visit(planted.reader)
    assert "Seen words" in browser.get("/messages").text
    assert "Seen reply" in browser.get("/inbox").text
    assert "Seen desk" in browser.get("/account").text
    assert browser.get(f"/messages/{planted.own_message}").status == 200


def test_a_message_of_another_sub_account_is_none(visit: Visit, planted: Limited) -> None:
    for who in (planted.user, planted.reader):
        browser = visit(who)
        strange = browser.get(f"/messages/{planted.other_message}")
        nowhere = browser.get(f"/messages/{2**62}")
        assert strange.status == nowhere.status == 404
        assert strange.anonymous_html == nowhere.anonymous_html


def test_nothing_is_sent_or_priced_for_another(
    visit: Visit, planted: Limited, database: Database
) -> None:
    browser = visit(planted.user)
    form = browser.get("/send")
    sent = browser.post("/send", to="+12025550123", text="Mine", key=form.value_of("key"))
    assert sent.status == 303
    assert "Mine" in browser.get("/messages").text
    priced = browser.get(f"/prices?account={planted.other}")
    assert "Hidden desk" not in priced.html
    broke = browser.post("/send/estimate", to="+12025550123", text="x" * 700)
    assert not [each for each in OF_THE_WALLET if each in broke.html]


def test_every_page_of_a_client_is_tried_here(app) -> None:
    """What needs an id is a message, or somebody's own: people, keys and sub-accounts."""
    tried = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule in paths(app)}
    with_ids = {endpoint for endpoint in PAGES if endpoint not in tried}
    rest = {each for each in with_ids if ROUTES[each][2] is Open.TO_THE_AUDIENCE}
    assert rest == set()
