"""Who a client is: shown to staff and to itself, mended by staff, written down."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts import client_data
from portal.accounts.errors import WrongStanding
from portal.accounts.models import Activity, Client
from portal.infra import clock
from tests.cast import SUNNY

TYPED = {
    "firstname": "Alice",
    "lastname": "Adams",
    "company": "Acme & Daughters",
    "address": "5 Side Street",
    "postal_code": "10001",
    "city": "New York",
    "state": "NY",
    "country": "CA",
    "phone": "416 555 0143",
    "tax_id": "12-3456789",
    "email": "books@acme.test",
    "language": "en",
    "time_zone": "America/Toronto",
}
KEPT = {**TYPED, "phone": "+14165550143", "next_billing_on": None}


@pytest.fixture
def path(cast) -> str:
    return f"/reseller/clients/{cast.alice.client_id}/data"


@pytest.fixture
def sams(visit, cast, path):
    browser = visit(cast.sam)
    browser.get(path)
    return browser


def known(database, cast) -> client_data.ClientData:
    with database.session(SUNNY) as session:
        return client_data.of(session.get_one(Client, (SUNNY, cast.alice.client_id)))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("country", "XX", "Not a valid choice"),
        ("country", "", "Please fill this in."),
        ("phone", "12", "This is no telephone number"),
        ("city", "x" * 81, "longer than 80"),
        ("address", "x" * 10_000, "longer than 200"),
        ("tax_id", "x" * 41, "longer than 40"),
        ("email", "a@x.test, b@x.test", "This is no e-mail address"),
        ("language", "tlh", "Not a valid choice"),
        ("time_zone", "Mars/Olympus", "Not a valid choice"),
        ("next_billing_on", "1999-01-01", "Choose today, or a day within a year."),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    *, sams, database, cast, path, field, typed, said
):
    before = known(database, cast)
    seen = sams.post(path, **{**TYPED, field: typed})
    assert (seen.status, said in seen.text) == (422, True)
    assert seen.value_of("company") == "Acme &amp; Daughters"
    assert known(database, cast) == before


@pytest.mark.parametrize(
    ("country", "typed", "status"),
    [
        ("DE", "DE 136695977", 422),
        ("GR", "EL 094259217", 422),
        ("DE", "DE 136695976", 303),
        ("DE", "12/345/67890", 303),  # of the tax office of its town
        ("CA", "DE 136695977", 303),
    ],
)
def test_a_vat_id_with_a_wrong_digit_is_found(*, sams, path, country, typed, status):
    seen = sams.post(path, **{**TYPED, "country": country, "tax_id": typed})
    assert (seen.status, "This is no VAT id of that country." in seen.text) == (
        status,
        status == 422,
    )


def test_staff_mend_it_and_the_client_sees_it(sams, visit, database, cast, path):
    seen = sams.follow(sams.post(path, **TYPED))
    assert "The client's data are saved." in seen.text
    for words in ("Alice Adams", "5 Side Street", "10001 New York", "NY", "12-3456789"):
        assert words in seen.text
    assert known(database, cast) == client_data.ClientData(**KEPT)
    own = visit(cast.alice.owner).get("/account").text
    assert "Address 5 Side Street" in own
    assert "Tax id 12-3456789" in own
    with database.session(SUNNY) as session:
        (act,) = session.scalars(select(Activity).where(Activity.what == "client.changed"))
    assert act.client_id == cast.alice.client_id
    assert "Adams" not in str(act.details)
    assert sams.post(path, **TYPED).status == 303
    with database.session(SUNNY) as session:
        acts = session.scalars(select(Activity).where(Activity.what == "client.changed"))
        assert len(acts.all()) == 1


def test_a_closed_client_is_nobody_any_more(session, cast):
    client = session.get_one(Client, (SUNNY, cast.alice.client_id))
    client.closed_at = clock.now()
    session.flush()
    with pytest.raises(WrongStanding):
        client_data.change(
            session,
            client_id=cast.alice.client_id,
            data=client_data.ClientData(**KEPT),
            by=cast.sam,
        )
