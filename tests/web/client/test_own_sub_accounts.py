"""A client's own pages on its sub-accounts: as far as its reseller lets it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import own_sub_accounts, sub_accounts
from portal.accounts.access import NotAllowed
from portal.accounts.models import SubAccount
from portal.http.wiring import current
from portal.infra.db import Database, ResellerSession
from portal.tenancy import settings
from portal.tenancy.display import Display
from tests.cast import SUNNY, Cast
from tests.web.browsing import Seen
from tests.web.conftest import Visit

LIST = "/account/sub-accounts"
PASSWORD = re.compile(r'class="new-token"><code>([\w-]{27})</code>')


def shown(app: Flask, database: Database, **display: bool) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, display=Display(**display))
    with app.app_context():
        current().tenants.forget()


def one(cast: Cast) -> str:
    return f"{LIST}/{cast.alice.sub_account_id}"


def password_of(seen: Seen) -> str:
    found = PASSWORD.search(seen.html)
    assert seen.status == 200, seen.text
    assert found, seen.text
    return found[1]


def test_another_is_opened_and_its_password_shown_once(
    visit: Visit, cast: Cast, database: Database
) -> None:
    alice = visit(cast.alice.owner)
    assert "Main" in alice.get(LIST).text
    password = password_of(alice.post(LIST, name="Shop", user="acme-shop"))
    with database.session(SUNNY) as session:
        found = sub_accounts.by_credentials(session, user="acme-shop", api_password=password)
    assert found is not None
    assert (found.client_id, found.package_id) == (cast.alice.client_id, None)
    assert "Shop" in alice.get(LIST).text
    assert password not in alice.get(f"{LIST}/{found.id}").html


@pytest.mark.parametrize(
    ("name", "user", "said"),
    [
        (" ", "acme-shop", "Please fill this in."),
        ("x" * 61, "acme-shop", "60"),
        ("Shop", "AB", "3"),
        ("Shop", "Große Läden", "small letters"),
        ("Main", "acme-shop", "This is taken already."),
        ("Shop", "henry@hardware.test", "This is taken already."),
    ],
)
def test_what_is_wrong_is_said(visit: Visit, cast: Cast, name: str, user: str, said: str) -> None:
    alice = visit(cast.alice.owner)
    alice.get(LIST)
    refused = alice.post(LIST, name=name, user=user)
    assert refused.status == 422
    assert said in refused.text
    assert refused.value_of("user") == user


def test_it_is_renamed_and_gets_a_sender_that_is_approved(
    visit: Visit, cast: Cast, database: Database
) -> None:
    alice = visit(cast.alice.owner)
    alice.get(one(cast))
    refused = alice.post(one(cast), name="Reception", default_sender="Police")
    assert refused.status == 422
    assert "This sender is not approved for you." in refused.text
    saved = alice.follow(alice.post(one(cast), name="Reception", default_sender="Acme"))
    assert "The sub-account is saved." in saved.text
    with database.session(SUNNY) as session:
        found = session.get_one(SubAccount, (SUNNY, cast.alice.sub_account_id))
    assert (found.name, found.default_sender) == ("Reception", "Acme")
    password_of(alice.post(LIST, name="Shop", user="acme-shop"))
    assert "Another one has this name." in alice.post(one(cast), name="Shop").text


def test_a_new_password_ends_the_old_one(visit: Visit, cast: Cast, database: Database) -> None:
    alice = visit(cast.alice.owner)
    alice.get(one(cast))
    first = password_of(alice.post(f"{one(cast)}/password"))
    second = password_of(alice.post(f"{one(cast)}/password"))
    with database.session(SUNNY) as session:
        known = [
            sub_accounts.by_credentials(session, user="alice@acme.test", api_password=each)
            for each in (first, second)
        ]
    assert [each is not None for each in known] == [False, True]


def test_credentials_that_are_hidden(
    app: Flask, visit: Visit, cast: Cast, database: Database
) -> None:
    shown(app, database, credentials_hidden=True)
    alice = visit(cast.alice.owner)
    for path in (LIST, one(cast)):
        seen = alice.get(path)
        assert seen.status == 200
        assert "<code>alice@acme.test</code>" not in seen.html
    assert alice.post(f"{one(cast)}/password").status == 403
    opened = alice.post(LIST, name="Shop", user="acme-shop")
    assert opened.status == 200
    assert PASSWORD.search(opened.html) is None


def test_sub_accounts_that_the_reseller_changes_itself(
    app: Flask, visit: Visit, cast: Cast, database: Database
) -> None:
    shown(app, database, clients_edit_sub_accounts=False)
    alice = visit(cast.alice.owner)
    assert LIST not in alice.get("/account").html
    for path in (LIST, one(cast)):
        assert alice.get(path).status == 403
        assert alice.post(path, name="Shop", user="acme-shop").status == 403
    assert alice.post(f"{one(cast)}/password").status == 403


def test_there_are_a_hundred_at_most(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        for number in range(99):
            sub_accounts.create(
                session,
                client_id=cast.alice.client_id,
                name=f"No {number}",
                user=f"number-{number}",
                by=cast.sam,
            )
    alice = visit(cast.alice.owner)
    alice.get(LIST)
    refused = alice.post(LIST, name="Shop", user="acme-shop")
    assert refused.status == 422
    assert "You have 100 sub-accounts already." in refused.text
    with database.session(SUNNY) as session:
        assert session.scalar(select(SubAccount.id).where(SubAccount.name == "Shop")) is None


def test_staff_in_the_clients_place_see_no_passwords(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(page)
    sam.post(f"{page}/view-as", reason="They called")
    assert sam.get(one(cast)).status == 200
    assert sam.post(one(cast), name="Reception", default_sender="").status == 303
    assert sam.post(f"{one(cast)}/password").status == 403
    assert sam.post(LIST, name="Shop", user="acme-shop").status == 403


def test_the_verbs_are_for_clients_alone(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        own_sub_accounts.open_another(session, by=cast.sam, name="x", user="xyz")
    with pytest.raises(NotAllowed):
        own_sub_accounts.renew_password(
            session, by=cast.sam, sub_account_id=cast.alice.sub_account_id
        )
