"""Links that a reseller's own programs make: whom they are for, how long, and how often."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, login_links, login_secrets
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Viewing
from portal.accounts.errors import LinkSpent, TooManySecrets, WrongStanding
from portal.accounts.key_models import LoginSecret, SpentLink
from portal.accounts.models import Client, Person
from portal.accounts.roles import RIGHTS, Role
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Vault
from tests.cast import Cast

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)
VAULT = Vault("a secret of the tests, long enough to be one")


@pytest.fixture
def secret(session: ResellerSession, cast: Cast) -> str:
    """A secret of Sunny's."""
    return login_secrets.make(session, by=cast.sam, vault=VAULT)


def said(**changes: Any) -> dict[str, Any]:
    usual = {
        "sub": "alice@acme.test", "jti": "a name of its own", "exp": int(NOON.timestamp()) + 60,
    }  # fmt: skip
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def signed(secret: str, **changes: Any) -> str:
    return jwt.encode(said(**changes), secret, algorithm="HS256")


def redeem(session: ResellerSession, token: str, *, at: datetime = NOON) -> Person:
    with clock.pretending(at):
        return login_links.redeem(session, token=token, vault=VAULT)


def spent(session: ResellerSession) -> int:
    return session.scalar(select(func.count()).select_from(SpentLink)) or 0


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None}, {"sub": 7}, {"sub": ""}, {"sub": "nobody@acme.test"},
        {"sub": "sam@sunny.test"}, {"sub": "berta@buch.test"}, {"sub": "alice@acme.test\x00"},
        {"sub": "999999"}, {"sub": "9" * 40},
        {"jti": None}, {"jti": 7}, {"jti": ""}, {"jti": "short"}, {"jti": "x" * 201},
        {"exp": None}, {"exp": "soon"}, {"exp": True}, {"exp": int(NOON.timestamp())},
        {"exp": int(NOON.timestamp()) + 66}, {"exp": 10**400}, {"exp": float("nan")},
    ],
)  # fmt: skip
def test_what_says_too_little_or_too_much_lets_nobody_in(
    session: ResellerSession, secret: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(LinkSpent):
        redeem(session, signed(secret, **changes))
    assert spent(session) == 0


def test_what_is_not_signed_with_the_secret_lets_nobody_in(
    session: ResellerSession, harbour_session: ResellerSession, secret: str
) -> None:
    def part(content: object) -> str:
        return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    good = signed(secret)
    head, body, mark = good.split(".")
    nothing = f"{part({'alg': 'none', 'typ': 'JWT'})}.{body}."
    tokens = [
        "", ".", "..", "a" * 43, "a" * 5000, "é.é.é", nothing,
        signed("another secret, as long as the other one"),
        jwt.encode(said(), secret * 2, algorithm="HS512"),
        f"{head}.{part(said(sub='henry@hardware.test'))}.{mark}",
        f"{head}.{body}.{mark[:-2]}AA",
    ]  # fmt: skip
    for token in tokens:
        with pytest.raises(LinkSpent):
            redeem(session, token)
    with pytest.raises(LinkSpent):
        redeem(harbour_session, good)
    assert spent(session) == 0


def test_a_link_lets_in_once(session: ResellerSession, cast: Cast, secret: str) -> None:
    token = signed(secret)
    with clock.pretending(NOON):
        owner = login_links.owner_of(session, token=token, vault=VAULT)
        assert owner.id == cast.alice.owner.person_id
    assert spent(session) == 0  # looking uses nothing up
    assert redeem(session, token).id == cast.alice.owner.person_id
    for again in (token, signed(secret, sub="henry@hardware.test")):
        with pytest.raises(LinkSpent):
            redeem(session, again)
    assert spent(session) == 1
    (made,) = login_secrets.listed(session)
    session.refresh(made)
    assert made.last_used_at == NOON


def test_a_link_is_good_for_a_minute(session: ResellerSession, secret: str) -> None:
    token = signed(secret)
    with pytest.raises(LinkSpent):
        redeem(session, token, at=NOON + timedelta(seconds=60))
    with pytest.raises(LinkSpent):
        redeem(session, token, at=NOON - timedelta(seconds=6))
    assert redeem(session, token, at=NOON - timedelta(seconds=5))


def test_a_number_is_for_the_clients_owner(
    session: ResellerSession, cast: Cast, secret: str
) -> None:
    client = session.get_one(Client, (1, cast.alice.client_id))
    assert redeem(session, signed(secret, sub=str(client.number))).client_id == client.id
    session.get_one(Person, (1, cast.alice.owner.person_id)).role = Role.READER
    session.flush()
    with pytest.raises(LinkSpent):
        redeem(session, signed(secret, sub=str(client.number), jti="another name"))


def test_who_is_not_let_in_is_not_let_in_so(
    session: ResellerSession, cast: Cast, secret: str
) -> None:
    person = session.get_one(Person, (1, cast.alice.owner.person_id))
    person.disabled_at = NOON
    session.flush()
    with pytest.raises(LinkSpent):
        redeem(session, signed(secret))
    person.disabled_at = None
    client = session.get_one(Client, (1, cast.alice.client_id))
    client.closed_at = NOON
    session.flush()
    with pytest.raises(LinkSpent):
        redeem(session, signed(secret))
    # Whoever waits is known, and sees the page that says so.
    assert redeem(session, signed(secret, sub="walter@waiting.test"))


def test_two_secrets_hold_at_a_time(session: ResellerSession, cast: Cast, secret: str) -> None:
    second = login_secrets.make(session, by=cast.sam, vault=VAULT)
    with pytest.raises(TooManySecrets):
        login_secrets.make(session, by=cast.sam, vault=VAULT)
    assert redeem(session, signed(secret, jti="the first one"))
    assert redeem(session, signed(second, jti="the second one"))
    first, _ = login_secrets.listed(session)
    login_secrets.revoke(session, by=cast.sam, secret_id=first.id)
    login_secrets.revoke(session, by=cast.sam, secret_id=first.id)
    with pytest.raises(LinkSpent):
        redeem(session, signed(secret, jti="the third one"))
    assert redeem(session, signed(second, jti="the fourth one"))
    assert first.sealed == ""
    third = login_secrets.make(session, by=cast.sam, vault=VAULT)
    assert redeem(session, signed(third, jti="the fifth one"))
    found = [row.what for row in activity.latest(session, limit=4)]
    assert found == ["login_secret.made", "login_secret.revoked"] + ["login_secret.made"] * 2


def test_a_secret_is_kept_sealed(session: ResellerSession, secret: str) -> None:
    (made,) = login_secrets.listed(session)
    assert len(secret) == 43
    assert secret not in made.sealed
    other = Vault("another secret of an installation, long enough")
    with clock.pretending(NOON), pytest.raises(LinkSpent):
        login_links.redeem(session, token=signed(secret), vault=other)


def test_the_database_holds_two_places_too(session: ResellerSession, secret: str) -> None:
    for place in (1, 3, None):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(LoginSecret(place=place, sealed="x", made_at=NOON))


def test_only_staff_with_the_right_make_secrets(
    session: ResellerSession, cast: Cast, secret: str
) -> None:
    viewing = Viewing(place_of="x", reason="x", until=NOON, visit_id=7)
    (made,) = login_secrets.listed(session)
    for nobody in (
        cast.alice.owner,
        cast.olga,
        replace(cast.sam, key_id=7),
        replace(cast.sam, viewing=viewing),
        replace(cast.sam, rights=RIGHTS[Role.STAFF_SUPPORT]),
    ):
        with pytest.raises(NotAllowed):
            login_secrets.make(session, by=nobody, vault=VAULT)
        with pytest.raises(NotAllowed):
            login_secrets.revoke(session, by=nobody, secret_id=made.id)
    with pytest.raises(NotFound):
        login_secrets.revoke(session, by=cast.sam, secret_id=12345)


def test_an_issued_link_lets_in_once(session: ResellerSession, cast: Cast) -> None:
    person = login_links.person_by_email(session, " ALICE@acme.test ")
    assert person is not None
    with clock.pretending(NOON):
        token = login_links.issue(session, by=cast.sam, person=person)
        late = login_links.issue(session, by=cast.sam, person=person)
    assert redeem(session, token).id == person.id
    with pytest.raises(LinkSpent):
        redeem(session, token)
    with pytest.raises(LinkSpent):
        redeem(session, late, at=NOON + timedelta(seconds=60))
    row = activity.latest(session, limit=1)[0]
    assert (row.what, row.client_id) == ("login_link.made", cast.alice.client_id)


def test_links_are_issued_to_those_who_are_let_in(session: ResellerSession, cast: Cast) -> None:
    walter = session.get_one(Person, (1, cast.walter.owner.person_id))
    alice = session.get_one(Person, (1, cast.alice.owner.person_id))
    with pytest.raises(WrongStanding):
        login_links.issue(session, by=cast.sam, person=walter)
    sam = session.get_one(Person, (1, cast.sam.person_id))
    with pytest.raises(NotFound):
        login_links.issue(session, by=cast.sam, person=sam)
    for nobody in (cast.alice.owner, replace(cast.sam, rights=RIGHTS[Role.STAFF_BILLING])):
        with pytest.raises(NotAllowed):
            login_links.issue(session, by=nobody, person=alice)
    assert login_links.person_by_email(session, "sam@sunny.test") is None
    assert login_links.owner_by_number(session, 7) is None


def test_names_of_old_links_are_forgotten(session: ResellerSession, secret: str) -> None:
    redeem(session, signed(secret))
    with clock.pretending(NOON + timedelta(hours=23)):
        login_links.forget_old(session)
    assert spent(session) == 1
    with clock.pretending(NOON + timedelta(hours=25)):
        login_links.forget_old(session)
    assert spent(session) == 0


def test_the_name_is_kept_as_a_hash(session: ResellerSession, secret: str) -> None:
    redeem(session, signed(secret))
    assert "a name of its own" not in session.scalars(select(SpentLink.hash)).one()
    assert time.time() < NOON.timestamp()  # the tests' clock, and not the machine's, was asked
