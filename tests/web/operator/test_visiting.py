"""From the console to a reseller's pages and back: one click, one minute, half an hour."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from portal.accounts import activity
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.accounts.session_models import SignedIn
from portal.accounts.visit_models import Visit
from portal.infra import clock
from portal.infra.db import Database
from portal.tenancy import hostnames
from tests.cast import HARBOUR, SUNNY, Cast
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit as Visiting

SUNNY_HOST = "sunny.localhost"
_REFRESH = re.compile(r'http-equiv="refresh" content="0;url=([^"]+)"')


def led_on(seen: Seen) -> str:
    assert seen.status == 200, seen.text
    found = _REFRESH.search(seen.html)
    assert found, seen.text
    assert f'href="{found[1]}"' in seen.html  # where nothing goes by itself
    return found[1]


def ask(olga: Browser, *, reason: str = "", reseller: int = SUNNY) -> str:
    """The address that Olga's click leads to."""
    page = olga.get(f"/operator/resellers/{reseller}")
    assert "See as this reseller" in page.text
    return led_on(olga.post(f"/operator/resellers/{reseller}/visit", reason=reason))


def path_of(url: str) -> str:
    return urlsplit(url).path


def enter(browser: Browser, url: str) -> Seen:
    path = path_of(url)
    assert browser.get(path).status == 200
    done = browser.post(path)
    browser.get("/reseller/")  # its form's token is another now
    return done


def begun(database: Database, reseller: int = SUNNY) -> int:
    with database.session(reseller) as session:
        query = select(func.count()).where(Visit.begun_at.is_not(None))
        return session.scalar(query) or 0


def acts(database: Database, limit: int) -> list[str]:
    with database.session(SUNNY) as session:
        return [row.what for row in activity.latest(session, limit=limit)]


def test_by_one_click_to_a_resellers_pages_and_back(
    visit: Visiting, cast: Cast, database: Database
) -> None:
    olga, at_sunny = visit(cast.olga), visit()
    url = ask(olga)
    assert re.fullmatch(r"http://sunny\.localhost:8000/visit/[\w-]{43}", url)
    opened = at_sunny.get(path_of(url))
    assert "<submit-itself>" in opened.html
    assert "can change nothing" in opened.text
    assert begun(database) == 0  # looking at the address uses nothing up
    home = at_sunny.follow(at_sunny.post(path_of(url)))
    assert home.status == 200
    assert "is-visit" in home.html
    assert "You are looking at the portal as SunnyText sees it" in home.text
    assert "minutes are left" in home.text
    assert "Olga" not in home.html
    assert "Wholesale" not in home.html
    back = led_on(at_sunny.post("/leave"))
    assert back == f"http://console.localhost:8000/operator/resellers/{SUNNY}"
    assert at_sunny.get("/reseller/").location == "/login?next=/reseller/"
    assert olga.get(path_of(back)).status == 200
    assert acts(database, 2) == ["visit.stopped", "visit.started"]


def test_signing_out_is_leaving(visit: Visiting, cast: Cast, database: Database) -> None:
    at_sunny = visit()
    enter(at_sunny, ask(visit(cast.olga)))
    assert led_on(at_sunny.post("/logout")).startswith("http://console.localhost")
    assert acts(database, 1) == ["visit.stopped"]


def test_twice_late_elsewhere_and_never(visit: Visiting, cast: Cast, database: Database) -> None:
    olga = visit(cast.olga)
    url = ask(olga)
    for browser in (visit(cast.hanna), visit(host="harbour.localhost")):
        browser.get("/reseller/")
        assert browser.get(path_of(url)).status == 410
        assert browser.post(path_of(url)).status == 410
    assert enter(visit(), url).status == 303
    again = visit().get(path_of(url))
    assert again.status == 410
    assert "This link does not work any more" in again.text
    assert visit().post(path_of(url)).status == 410
    late = ask(olga)
    with clock.pretending(clock.now() + timedelta(seconds=61)):
        assert visit().get(path_of(late)).status == 410
        assert visit().post(path_of(late)).status == 410
    for word in ("x", "a" * 43, "%00", "%ff", "a" * 5000):
        assert visit().get(f"/visit/{word}").status in {400, 410}
    assert visit(host="console.localhost").get(path_of(late)).status == 404
    assert begun(database) == 1
    assert begun(database, HARBOUR) == 0


def test_another_name_of_the_same_portal_is_another_host(
    visit: Visiting, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        hostnames.add(session, "second.localhost", primary=False)
    url = ask(visit(cast.olga))
    second = visit(host="second.localhost")
    led = second.get(path_of(url))
    assert (led.status, led.location) == (308, url)  # to the name that the ticket is for
    second.get("/signup")
    assert second.post(path_of(url)).status in {400, 410}
    assert begun(database) == 0


def test_whoever_is_signed_in_here_is_asked_first(
    visit: Visiting, cast: Cast, database: Database
) -> None:
    url, sam = ask(visit(cast.olga)), visit(cast.sam)
    opened = sam.get(path_of(url))
    assert "You are signed in as Sam Tester" in opened.text
    assert "<submit-itself>" not in opened.html
    assert "is-visit" in sam.follow(sam.post(path_of(url))).html
    with database.session(SUNNY) as session:
        assert session.scalars(select(SignedIn)).all() == []


def test_a_second_visit_ends_the_first(visit: Visiting, cast: Cast, database: Database) -> None:
    olga, at_sunny = visit(cast.olga), visit()
    enter(at_sunny, ask(olga))
    enter(at_sunny, ask(olga))
    assert acts(database, 3) == ["visit.started", "visit.stopped", "visit.started"]


def test_without_a_reason_nothing_is_changed(
    visit: Visiting, cast: Cast, database: Database
) -> None:
    at_sunny = visit()
    enter(at_sunny, ask(visit(cast.olga)))
    client = f"/reseller/clients/{cast.alice.client_id}"
    assert at_sunny.get(client).status == 200
    assert at_sunny.post(f"{client}/suspend", reason="x").status == 403
    assert at_sunny.get("/reseller/settings").status == 403
    assert acts(database, 1) == ["visit.started"]


def test_with_a_reason_acts_are_written_and_the_leash_holds(
    visit: Visiting, cast: Cast, database: Database
) -> None:
    at_sunny = visit()
    enter(at_sunny, ask(visit(cast.olga), reason="You asked us by telephone"))
    client = f"/reseller/clients/{cast.alice.client_id}"
    page = at_sunny.get(client)
    assert "You act on the portal of SunnyText" in page.text
    assert at_sunny.post(f"{client}/suspend", reason="looks odd").status == 303
    for closed in ("view-as", "payment", "charge"):
        assert at_sunny.post(f"{client}/{closed}", reason="x").status == 403, closed
    for closed in ("/reseller/mail/server", "/reseller/mail/key", "/reseller/hostnames"):
        assert at_sunny.post(closed).status == 403, closed
    assert acts(database, 2) == ["client.suspended", "visit.started"]
    seen = visit(cast.sam).get("/reseller/activity").text
    assert "came to visit these pages" in seen
    assert "You asked us by telephone" in seen
    assert "Olga" not in seen


def test_an_act_whose_verb_says_nothing_is_written_as_well(
    visit: Visiting, cast: Cast, database: Database
) -> None:
    at_sunny = visit()
    enter(at_sunny, ask(visit(cast.olga), reason="Help"))
    at_sunny.get("/reseller/brand")
    assert at_sunny.post("/reseller/brand/discard").status == 303
    assert acts(database, 1) == ["visit.acted"]


def test_it_ends_by_itself_and_with_the_right(
    visit: Visiting, cast: Cast, database: Database
) -> None:
    olga, at_sunny = visit(cast.olga), visit()
    enter(at_sunny, ask(olga))
    with clock.pretending(clock.now() + timedelta(minutes=31)):
        assert at_sunny.get("/reseller/").status == 303
        assert at_sunny.get("/reseller/").status == 303
    assert acts(database, 2) == ["visit.lapsed", "visit.started"]
    url = ask(olga)
    enter(at_sunny, url)
    late = ask(olga)
    with database.session(0) as session, session.begin():
        session.get_one(Person, (0, cast.olga.person_id)).role = Role.OPERATOR_READER
    assert at_sunny.get("/reseller/").status == 303
    assert acts(database, 1) == ["visit.lapsed"]
    assert visit().post(path_of(late)).status == 410
    assert begun(database) == 2


@pytest.mark.parametrize("role", [Role.OPERATOR_READER, Role.OPERATOR_BILLING])
def test_who_may_not_visit_finds_no_button(
    visit: Visiting, cast: Cast, database: Database, role: Role
) -> None:
    with database.session(0) as session, session.begin():
        session.get_one(Person, (0, cast.olga.person_id)).role = role
    olga = visit(cast.olga)
    assert "See as this reseller" not in olga.get(f"/operator/resellers/{SUNNY}").text
    assert olga.post(f"/operator/resellers/{SUNNY}/visit").status == 403


def test_what_is_wrong_is_said_and_nothing_is_begun(
    visit: Visiting, cast: Cast, database: Database
) -> None:
    olga = visit(cast.olga)
    olga.get(f"/operator/resellers/{SUNNY}")
    refused = olga.post(f"/operator/resellers/{SUNNY}/visit", reason="x" * 201)
    assert refused.status == 422
    assert "x" * 201 in refused.html
    for nobody in (0, 7, 2**62):
        assert olga.post(f"/operator/resellers/{nobody}/visit").status == 404
    with database.session(SUNNY) as session:
        assert session.scalars(select(Visit)).all() == []
