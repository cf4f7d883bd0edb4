"""Sign in with a password: who gets in, who sees a page only, and what is written down."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.accounts import activity, clients, login, passwords
from portal.accounts.errors import WrongCredentials
from portal.accounts.login import Admitted
from portal.accounts.models import Client, Person
from portal.accounts.statuses import Standing
from portal.infra import clock
from portal.infra.db import ResellerSession
from tests.cast import PASSWORD, Cast, Firm

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)


def sign_in(session: ResellerSession, email: str, password: str = PASSWORD) -> Admitted:
    attempt = login.begin(session, email=email, address="192.0.2.1")
    right = passwords.verify(password, attempt.password_hash)
    return login.finish(session, attempt, right=right)


def client_of(session: ResellerSession, firm: Firm) -> Client:
    client = session.get(Client, (firm.reseller_id, firm.client_id))
    assert client is not None
    return client


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("alice@acme.test", "wrong horse battery"),
        ("alice@acme.test", ""),
        ("nobody@acme.test", PASSWORD),
        ("berta@buch.test", PASSWORD),  # of another reseller
        ("olga@wholesale.test", PASSWORD),
        ("", PASSWORD),
        ("alice@acme.test'--", PASSWORD),
    ],
)
def test_wrong_is_wrong_whatever_is_wrong(
    session: ResellerSession, email: str, password: str
) -> None:
    with pytest.raises(WrongCredentials) as refused:
        sign_in(session, email, password)
    assert str(refused.value) == "this address and password do not belong together"


def test_a_client_gets_in(session: ResellerSession, cast: Cast) -> None:
    with clock.pretending(NOON):
        admitted = sign_in(session, " Alice@ACME.test ")
    assert admitted.person.id == cast.alice.owner.person_id
    assert admitted.client is not None
    assert admitted.client.id == cast.alice.client_id
    assert admitted.may_sign_in
    assert admitted.person.last_login_at == NOON


def test_staff_gets_in(session: ResellerSession, cast: Cast) -> None:
    admitted = sign_in(session, "sam@sunny.test")
    assert (admitted.person.id, admitted.client) == (cast.sam.person_id, None)
    assert admitted.standing is Standing.ACTIVE


def test_who_waits_gets_no_further_than_the_page(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(WrongCredentials):
        sign_in(session, "walter@waiting.test", "wrong horse battery")
    admitted = sign_in(session, "walter@waiting.test")
    assert (admitted.standing, admitted.may_sign_in) == (Standing.WAIT, False)
    assert admitted.person.last_login_at is None


def test_who_is_refused_gets_no_further_than_the_page(session: ResellerSession, cast: Cast) -> None:
    clients.refuse(
        session, client_id=cast.walter.client_id, by=cast.sam, reason="No", origin="http://x"
    )
    admitted = sign_in(session, "walter@waiting.test")
    assert (admitted.standing, admitted.may_sign_in) == (Standing.REFUSED, False)


def test_who_is_suspended_gets_in(session: ResellerSession, cast: Cast) -> None:
    clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="Checks")
    admitted = sign_in(session, "alice@acme.test")
    assert (admitted.standing, admitted.may_sign_in) == (Standing.SUSPENDED_BY_STAFF, True)


def test_who_is_closed_is_nobody(session: ResellerSession, cast: Cast) -> None:
    client_of(session, cast.alice).closed_at = NOON
    with pytest.raises(WrongCredentials):
        sign_in(session, "alice@acme.test")


def test_a_password_changed_meanwhile_has_the_last_word(
    session: ResellerSession, cast: Cast
) -> None:
    attempt = login.begin(session, email="alice@acme.test", address="192.0.2.1")
    person = session.get(Person, (cast.alice.reseller_id, cast.alice.owner.person_id))
    assert person is not None
    person.password_hash = "changed"
    session.flush()
    with pytest.raises(WrongCredentials):
        login.finish(session, attempt, right=True)


def test_each_try_is_written_down(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(WrongCredentials):
        sign_in(session, "alice@acme.test", "wrong horse battery")
    with pytest.raises(WrongCredentials):
        sign_in(session, "nobody@acme.test")
    with pytest.raises(WrongCredentials):
        sign_in(session, "my secret password, typed too high up")
    sign_in(session, "alice@acme.test")
    session.flush()
    found = [
        (row.what, row.person_id, row.client_id, row.address, row.details)
        for row in reversed(activity.latest(session, limit=4))
    ]
    alice = (cast.alice.owner.person_id, cast.alice.client_id, "192.0.2.1")
    assert found == [
        ("login.refused", *alice, {"email": "alice@acme.test"}),
        ("login.refused", None, None, "192.0.2.1", {"email": "nobody@acme.test"}),
        ("login.refused", None, None, "192.0.2.1", {"email": ""}),
        ("login.succeeded", *alice, {"email": "alice@acme.test", "proof": "password"}),
    ]


def test_the_address_is_found_in_any_case_and_by_index(session: ResellerSession) -> None:
    assert session.scalars(select(Person).where(Person.email == "alice@acme.test")).one()
    assert sign_in(session, "ALICE@ACME.TEST").person.email == "alice@acme.test"
