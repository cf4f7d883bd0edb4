"""Sign up: what is asked, what is refused beside its field, and who is told."""

import pytest
from sqlalchemy import select

from portal.accounts.models import Client, Person
from portal.accounts.statuses import Standing
from portal.infra.db import Database
from portal.notifications.models import Mail
from tests.cast import SUNNY
from tests.web.conftest import Visit

FILLED_IN = {
    "firstname": "Nora",
    "lastname": "New",
    "company": "",
    "email": "nora@new.test",
    "country": "US",
    "phone": "202 555 0143",
    "password": "a long enough password",
}


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("firstname", "", "Please fill this in."),
        ("lastname", " \u200b ", "Please fill this in."),
        ("firstname", "x" * 61, "longer than 60"),
        ("email", "", "Please fill this in."),
        ("email", "nora", "This is no e-mail address"),
        ("email", "a@x.test, victim@y.test", "This is no e-mail address"),
        ("email", "Nora <nora@new.test>", "This is no e-mail address"),
        ("email", "nora@new.test\nBcc: all@x.test", "This is no e-mail address"),
        ("email", "nora@ünter.test", "This is no e-mail address"),
        ("email", "a" * 250 + "@new.test", "This is no e-mail address"),
        ("country", "XX", "Not a valid choice"),
        ("country", "", "Please fill this in."),
        ("phone", "12", "This is no telephone number"),
        ("phone", "２０２５５５０１４３", "This is no telephone number"),
        ("phone", "abc", "This is no telephone number"),
        ("password", "short", "at least 8 characters"),
        ("password", "x9" * 101, "at most 200 characters"),
        ("password", "password123", "tried first"),
        ("password", "nora@new.test", "who knows you"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    visit: Visit, database: Database, field: str, value: str, complaint: str
) -> None:
    seen = visit().post("/signup", **{**FILLED_IN, field: value})
    assert (seen.status, complaint in seen.text) == (422, True)
    assert seen.text.count(complaint) <= 2  # above the form, and beside the field
    if field != "firstname":
        assert seen.value_of("firstname") == "Nora"
    assert seen.value_of("password") == ""
    with database.session(SUNNY) as session:
        assert session.scalars(select(Client).where(Client.firstname == "Nora")).all() == []


def test_somebody_new_waits_and_is_asked_to_confirm(visit: Visit, database: Database) -> None:
    seen = visit().post("/signup", **{**FILLED_IN, "firstname": " No\u202era\t "})
    assert (seen.status, seen.location) == (303, "/signup/done")
    with database.session(SUNNY) as session:
        client = session.scalars(select(Client).where(Client.email == "nora@new.test")).one()
        person = session.scalars(select(Person).where(Person.client_id == client.id)).one()
        mail = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    assert (client.standing, client.firstname, client.phone) == (
        Standing.WAIT,
        "Nora",
        "+12025550143",
    )
    assert (client.language, client.currency, client.country) == ("en", "USD", "US")
    assert person.password_hash.startswith("$argon2id$")
    assert (mail.notice, mail.recipient) == ("signup_confirm", "nora@new.test")


def test_an_address_that_is_there_gets_the_same_answer(visit: Visit, database: Database) -> None:
    browser = visit()
    new = browser.post("/signup", **FILLED_IN)
    known = browser.post("/signup", **{**FILLED_IN, "email": "Alice@acme.test"})
    assert (new.status, new.location, new.html) == (known.status, known.location, known.html)
    with database.session(SUNNY) as session:
        told = session.scalars(select(Mail).where(Mail.notice == "account_exists")).one()
    assert told.recipient == "alice@acme.test"
