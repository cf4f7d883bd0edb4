"""The second step: set up with a code of the app, asked for after every password, and lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.accounts.session_models import SignedIn
from portal.accounts.sign_in_models import SecondStep
from portal.infra import clock
from portal.infra.db import Database
from portal.notifications.models import Mail
from portal.tenancy import settings
from tests.cast import PASSWORD, SUNNY, Cast
from tests.web.account.conftest import App, Grown
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit

AppOf = Callable[[Actor], App]
EMAIL = "alice@acme.test"


def signed_in(database: Database) -> list[SignedIn]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(SignedIn)))


def key_of(seen: Seen) -> str:
    found = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', seen.html)
    assert found, seen.text
    return found[1].replace(" ", "")


def first_step(browser: Browser) -> Seen:
    return browser.post("/login", email=EMAIL, password=PASSWORD)


def test_setting_it_up(visit: Visit, cast: Cast, database: Database) -> None:
    browser = visit(cast.alice.owner)
    assert "Off" in browser.get("/profile/second-step").text
    shown = browser.follow(browser.post("/profile/second-step/begin"))
    key = key_of(shown)
    assert len(key) == 32
    assert 'src="data:image/svg+xml' in shown.html
    assert f"secret={key}" in shown.html
    again = browser.get("/profile/second-step/set-up")
    assert key_of(again) == key
    wrong = browser.post("/profile/second-step/set-up", code="000000")
    assert (wrong.status, "shows another code" in wrong.text) == (422, True)
    done = browser.post("/profile/second-step/set-up", code=pyotp.TOTP(key).at(clock.now()))
    assert done.status == 200
    codes = re.findall(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){3}\b", done.html)
    assert (len(codes), len(set(codes))) == (10, 10)
    assert browser.post("/language", language="en", next="/profile").status == 303
    page = browser.get("/profile/second-step")
    assert "You have 10 codes on paper left" in page.text
    assert not any(code in page.html for code in codes)
    with database.session(SUNNY) as session:
        row = session.scalars(select(SecondStep)).one()
        assert key not in row.sealed_secret
        assert [each.what for each in activity.latest(session, limit=1)] == ["second_step.on"]
        notices = session.scalars(select(Mail.notice)).all()
    assert "sign_in_changed" in notices
    assert browser.get("/profile/second-step/set-up").location == "/profile/second-step"


def test_a_password_alone_lets_nobody_in(
    visit: Visit, cast: Cast, app_of: AppOf, database: Database
) -> None:
    app = app_of(cast.alice.owner)
    browser = visit()
    step = first_step(browser)
    assert (step.status, step.location) == (303, "/login/second-step")
    assert signed_in(database) == []
    assert browser.get("/dashboard").location.startswith("/login")
    asked = browser.follow(step)
    assert "The password of alice@acme.test is right." in asked.text
    wrong = browser.post("/login/second-step", code="123456")
    assert (wrong.status, "This code is not right" in wrong.text) == (422, True)
    assert signed_in(database) == []
    let_in = browser.post("/login/second-step", code=app.code(steps=1))
    assert (let_in.status, let_in.location) == (303, "/dashboard")
    assert browser.get("/dashboard").status == 200
    assert [row.proof for row in signed_in(database)] == ["second_step"]
    with database.session(SUNNY) as session:
        kinds = [row.what for row in activity.latest(session, limit=2)]
    assert kinds == ["login.succeeded", "login.refused"]


def test_it_goes_on_to_where_one_wanted(visit: Visit, cast: Cast, app_of: AppOf) -> None:
    app = app_of(cast.alice.owner)
    browser = visit()
    step = browser.post("/login?next=/messages", email=EMAIL, password=PASSWORD)
    assert step.location == "/login/second-step?next=/messages"
    assert browser.post(step.location, code=app.code(steps=1)).location == "/messages"


def test_a_code_works_once(visit: Visit, cast: Cast, app_of: AppOf) -> None:
    app = app_of(cast.alice.owner)
    code = app.code(steps=1)
    for expected in (303, 422):
        browser = visit()
        first_step(browser)
        assert browser.post("/login/second-step", code=code).status == expected
    # Nor does one of a half minute before it, which nobody has used.
    browser = visit()
    first_step(browser)
    assert browser.post("/login/second-step", code=app.code()).status == 422


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "١٢٣٤٥٦", "１２３４５６", "x" * 40, "-12345"]
)
def test_what_is_no_code_is_refused(visit: Visit, cast: Cast, app_of: AppOf, typed: str) -> None:
    app_of(cast.alice.owner)
    browser = visit()
    first_step(browser)
    assert browser.post("/login/second-step", code=typed).status == 422


def test_blanks_in_a_code_do_not_matter(visit: Visit, cast: Cast, app_of: AppOf) -> None:
    app = app_of(cast.alice.owner)
    browser = visit()
    first_step(browser)
    code = app.code(steps=1)
    assert browser.post("/login/second-step", code=f" {code[:3]} {code[3:]} ").status == 303


def test_a_code_from_paper_works_once_in_its_place(visit: Visit, cast: Cast, app_of: AppOf) -> None:
    app = app_of(cast.alice.owner)
    for expected in (303, 422):
        browser = visit()
        first_step(browser)
        assert browser.post("/login/second-step", code=app.codes[0].upper()).status == expected
    browser = visit()
    first_step(browser)
    assert browser.post("/login/second-step", code=app.codes[1].replace("-", " ")).status == 303
    assert "You have 8 codes on paper left" in browser.get("/profile/second-step").text


def test_the_first_step_does_not_last(visit: Visit, cast: Cast, app_of: AppOf) -> None:
    app = app_of(cast.alice.owner)
    browser = visit()
    first_step(browser)
    with clock.pretending(clock.now() + timedelta(minutes=11)):
        late = browser.post("/login/second-step", code=app.code())
        assert (late.status, late.location) == (303, "/login")
        assert "Please sign in once more." in browser.follow(late).text
    assert visit().get("/login/second-step").location == "/login"


def test_the_first_step_lets_one_take_the_second_once(
    visit: Visit, cast: Cast, app_of: AppOf, database: Database
) -> None:
    app = app_of(cast.alice.owner)
    browser = visit()
    first_step(browser)
    cookie = browser._client.get_cookie("__Host-step", domain=cast.sunny_host)
    assert cookie is not None
    assert browser.post("/login/second-step", code=app.code(steps=1)).status == 303
    assert browser._client.get_cookie("__Host-step", domain=cast.sunny_host) is None
    thief = visit()
    thief._client.set_cookie("__Host-step", cookie.value, domain=cast.sunny_host)
    assert thief.post("/login/second-step", code=app.codes[0]).location == "/login"


def test_guessing_codes_counts_as_guessing_passwords(
    visit: Visit, cast: Cast, app_of: AppOf
) -> None:
    """The right password in between starts nothing anew."""
    app = app_of(cast.alice.owner)
    browser = visit()
    statuses = []
    for _ in range(5):
        statuses.append(first_step(browser).status)
        statuses.append(browser.post("/login/second-step", code="000000").status)
    assert statuses == [303, 422] * 5
    assert first_step(browser).status == 429
    assert browser.post("/login/second-step", code=app.code(steps=1)).status == 429


def test_those_who_take_both_steps_are_not_slowed_down(
    visit: Visit, cast: Cast, app_of: AppOf
) -> None:
    app = app_of(cast.alice.owner)
    for code in app.codes:
        browser = visit()
        first_step(browser)
        assert browser.post("/login/second-step", code=code).status == 303


def test_the_form_on_another_site_asks_for_it_as_well(
    visit: Visit, cast: Cast, app_of: AppOf, database: Database
) -> None:
    app = app_of(cast.alice.owner)
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, login_sites=["https://acme.test"])
    browser = visit()
    sent = browser._client.post(
        "/direct-login",
        base_url="http://sunny.localhost",
        headers={"Origin": "https://acme.test"},
        data={
            "UID": "2001",
            "action": "DirectLogin",
            "col_email": EMAIL,
            "col_password": PASSWORD,
        },
    )
    assert sent.headers["Location"] == "/direct-login/continue"
    browser.get("/direct-login/continue")
    step = browser.post("/direct-login/continue")
    assert (step.status, step.location) == (303, "/login/second-step")
    assert signed_in(database) == []
    assert browser.post(step.location, code=app.code(steps=1)).location == "/dashboard"


def test_confirming_asks_for_a_code_as_well(
    visit: Visit, cast: Cast, app_of: AppOf, grown_old: Grown
) -> None:
    app = app_of(cast.alice.owner)
    browser = visit(cast.alice.owner)
    grown_old()
    asked = browser.follow(browser.get("/profile/password"))
    assert 'name="confirm-code"' in asked.html
    fields = {"confirm-sent": "1", "confirm-password": PASSWORD}
    for code, status in (("", 422), ("000000", 422), (app.code(steps=1), 303)):
        seen = browser.post("/confirm?next=/profile/password", **fields, **{"confirm-code": code})
        assert seen.status == status
    assert browser.get("/profile/password").status == 200


def test_turning_it_off(visit: Visit, cast: Cast, app_of: AppOf, grown_old: Grown) -> None:
    app_of(cast.alice.owner)
    browser = visit(cast.alice.owner)
    browser.get("/profile")
    grown_old()
    assert browser.post("/profile/second-step/off").status == 307
    browser = visit(cast.alice.owner)
    browser.get("/profile")
    assert browser.post("/profile/second-step/off").status == 303
    assert first_step(visit()).location == "/dashboard"


def test_new_codes_for_paper_end_the_old_ones(visit: Visit, cast: Cast, app_of: AppOf) -> None:
    app = app_of(cast.alice.owner)
    browser = visit(cast.alice.owner)
    browser.get("/profile")
    renewed = browser.post("/profile/second-step/codes")
    assert renewed.status == 200
    other = visit()
    first_step(other)
    assert other.post("/login/second-step", code=app.codes[0]).status == 422
    code = re.findall(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){3}\b", renewed.html)[0]
    assert other.post("/login/second-step", code=code).status == 303


def test_without_one_there_are_no_codes(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/profile")
    assert browser.post("/profile/second-step/codes").location == "/profile/second-step"
    assert browser.get("/profile/second-step/set-up").location == "/profile/second-step"


def test_staff_of_whom_it_is_asked_set_it_up_first(
    visit: Visit, cast: Cast, database: Database, app_of: AppOf
) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, staff_take_second_step=True)
    browser = visit(cast.sam)
    led = browser.get("/reseller/clients")
    assert (led.status, led.location) == (303, "/profile/second-step")
    assert "signs in with a second step" in browser.follow(led).text
    assert visit(cast.alice.owner).get("/dashboard").status == 200
    key = key_of(browser.follow(browser.post("/profile/second-step/begin")))
    done = browser.post("/profile/second-step/set-up", code=pyotp.TOTP(key).at(clock.now()))
    assert done.status == 200
    assert browser.get("/reseller/clients").status == 200
    browser.post("/profile/second-step/off")
    assert "On" in browser.get("/profile/second-step").text
