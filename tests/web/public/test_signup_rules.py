"""Sign-up and new passwords as the reseller has set them up: hidden is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Client
from portal.http.wiring import current
from portal.infra.db import Database
from portal.notifications.models import Mail
from portal.tenancy import settings
from portal.tenancy.display import Display, Service
from portal.tenancy.signup_fields import USUAL, Asked, SignUpField, SignUpRules
from tests.cast import SUNNY
from tests.web.conftest import Visit

FILLED_IN = {
    "firstname": "Nora",
    "lastname": "New",
    "company": "New & Co.",
    "address": "5 Side Street",
    "postal_code": "10001",
    "city": "New York",
    "state": "NY",
    "country": "US",
    "phone": "202 555 0143",
    "tax_id": "12-3456789",
    "email": "nora@new.test",
    "password": "a long enough password",
}
Rule = Callable[..., None]


@pytest.fixture
def rule(app: Flask, database: Database) -> Rule:
    """Set Sunny's portal up."""

    def do(**values: object) -> None:
        with database.session(SUNNY) as session, session.begin():
            settings.change(session, **values)
        with app.app_context():
            current().tenants.forget()

    return do


def newcomer(database: Database) -> Client | None:
    with database.session(SUNNY) as session:
        return session.scalars(select(Client).where(Client.email == "nora@new.test")).one_or_none()


def test_rules_say_what_is_usual_unless_something_was_chosen() -> None:
    rules = SignUpRules(fields={SignUpField.COMPANY: Asked.REQUIRED})
    assert rules.asked(SignUpField.COMPANY) is Asked.REQUIRED
    assert [rules.asked(each) for each in (SignUpField.CITY, SignUpField.COUNTRY)] == [
        USUAL[SignUpField.CITY],
        USUAL[SignUpField.COUNTRY],
    ]


@pytest.mark.parametrize("field", SignUpField)
def test_a_hidden_field_is_not_asked_for_and_not_stored(
    visit: Visit, database: Database, rule: Rule, field: SignUpField
) -> None:
    asked = dict.fromkeys(SignUpField, Asked.REQUIRED) | {field: Asked.HIDDEN}
    rule(sign_up=SignUpRules(fields=asked))
    browser = visit()
    assert f'name="{field.value}"' not in browser.get("/signup").html
    sent = {**FILLED_IN, "phone": "+49 151 23456789"}
    assert browser.post("/signup", **{**sent, field.value: "DE"}).status == 303
    made = newcomer(database)
    assert made is not None
    assert getattr(made, field.value) == ("US" if field is SignUpField.COUNTRY else "")


@pytest.mark.parametrize("field", SignUpField)
def test_a_required_field_has_to_be_filled_in_and_a_shown_one_may_be(
    visit: Visit, database: Database, rule: Rule, field: SignUpField
) -> None:
    browser = visit()
    rule(sign_up=SignUpRules(fields={field: Asked.REQUIRED}))
    seen = browser.post("/signup", **{**FILLED_IN, field.value: ""})
    assert (seen.status, "Please fill this in." in seen.text) == (422, True)
    assert newcomer(database) is None
    rule(sign_up=SignUpRules(fields={field: Asked.SHOWN}))
    assert f'name="{field.value}"' in browser.get("/signup").html
    assert browser.post("/signup", **{**FILLED_IN, field.value: ""}).status == 303
    made = newcomer(database)
    assert made is not None
    assert getattr(made, field.value) == ("US" if field is SignUpField.COUNTRY else "")


def test_everything_is_kept_as_it_was_typed(visit: Visit, database: Database, rule: Rule) -> None:
    rule(sign_up=SignUpRules(fields=dict.fromkeys(SignUpField, Asked.REQUIRED)))
    assert visit().post("/signup", **FILLED_IN).status == 303
    made = newcomer(database)
    assert made is not None
    kept = {each.value: getattr(made, each.value) for each in SignUpField}
    expected = {each.value: FILLED_IN[each.value] for each in SignUpField}
    assert kept == expected | {"phone": "+12025550143"}


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("address", "x" * 201, "longer than 200"),
        ("city", "x" * 81, "longer than 80"),
        ("postal_code", "x" * 21, "longer than 20"),
        ("state", "x" * 10_000, "longer than 80"),
        ("tax_id", "x" * 41, "longer than 40"),
        ("tax_id", " \u200b\u202e ", "Please fill this in."),
        ("country", "XX", "Not a valid choice"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_lost(
    *, visit: Visit, database: Database, rule: Rule, field: str, value: str, complaint: str
) -> None:
    rule(sign_up=SignUpRules(fields=dict.fromkeys(SignUpField, Asked.REQUIRED)))
    seen = visit().post("/signup", **{**FILLED_IN, field: value})
    assert (seen.status, complaint in seen.text) == (422, True)
    assert seen.value_of("firstname") == "Nora"
    assert newcomer(database) is None


def test_markup_is_only_text(visit: Visit, database: Database, rule: Rule) -> None:
    rule(sign_up=SignUpRules(fields={SignUpField.CITY: Asked.SHOWN}))
    hostile = '<script>alert("{{7*7}}")</script>'
    assert visit().post("/signup", **{**FILLED_IN, "city": hostile}).status == 303
    made = newcomer(database)
    assert made is not None
    assert made.city == hostile


def test_without_a_country_a_number_is_read_as_from_here(
    visit: Visit, database: Database, rule: Rule
) -> None:
    rule(sign_up=SignUpRules(fields={SignUpField.COUNTRY: Asked.HIDDEN}))
    assert visit().post("/signup", **FILLED_IN).status == 303
    made = newcomer(database)
    assert made is not None
    assert made.phone == "+12025550143"


def test_nobody_signs_up_where_it_is_closed(visit: Visit, database: Database, rule: Rule) -> None:
    browser = visit()
    assert "/signup" in browser.get("/").html
    assert "/signup" in browser.get("/login").html
    browser.get("/signup")
    rule(sign_up=SignUpRules(open=False))
    assert browser.get("/signup").status == 404
    assert browser.post("/signup", **FILLED_IN).status == 404
    assert browser.get("/signup/done").status == 404
    for path in ("/", "/login"):
        assert "/signup" not in browser.get(path).html
    assert newcomer(database) is None


def test_nobody_is_sent_a_link_where_it_is_hidden(
    visit: Visit, database: Database, rule: Rule
) -> None:
    browser = visit()
    assert 'href="/reset"' in browser.get("/login").html
    browser.get("/reset")
    rule(password_reset=False)
    assert 'href="/reset"' not in browser.get("/login").html
    assert browser.get("/reset").status == 404
    assert browser.post("/reset", email="alice@acme.test").status == 404
    spent = browser.get("/reset/nothing")
    assert (spent.status, "Please ask us." in spent.text) == (410, True)
    assert 'href="/reset"' not in spent.html


def test_who_has_an_account_is_led_to_a_page_that_is_there(
    visit: Visit, database: Database, rule: Rule
) -> None:
    rule(password_reset=False)
    visit().post("/signup", **{**FILLED_IN, "email": "alice@acme.test"})
    with database.session(SUNNY) as session:
        mail = session.scalars(select(Mail).where(Mail.notice == "account_exists")).one()
    assert "/login" in mail.text
    assert "/reset" not in mail.text


def test_the_front_page_promises_nothing_that_is_hidden(visit: Visit, rule: Rule) -> None:
    browser = visit()
    promises = ("The price of a message", "An interface for programs")
    assert all(each in browser.get("/").text for each in promises)
    rule(display=Display(money=False, hidden=(Service.API,)))
    assert not any(each in browser.get("/").text for each in promises)
