"""What a reseller shows its clients: tried in small, kept, written down; and per package."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.pricing import packages, showing
from portal.tenancy import settings
from portal.tenancy.display import Display, Service, View
from portal.tenancy.signup_fields import USUAL, Asked, SignUpField, SignUpRules
from tests.cast import SUNNY
from tests.web.browsing import Seen

PATH = "/reseller/display"
USUALLY = {f"asked_{name.value}": how.value for name, how in USUAL.items()}
TICKED = {each.value: "y" for each in Service} | {
    "money": "y",
    "ask_us": "y",
    "sub_accounts": "y",
    "credentials": "y",
    "password_reset": "y",
    "sign_up": "y",
}
FILLED = {"view": "standard", **TICKED, **USUALLY}


@pytest.fixture
def sams(visit, cast):
    browser = visit(cast.sam)
    browser.get(PATH)
    return browser


def kept(database) -> settings.ResellerSettings:
    with database.session(SUNNY) as session:
        return settings.read(session)


def checked(seen: Seen, name: str) -> bool:
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', seen.html)
    assert found, name
    return "checked" in found[0]


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in FILLED.items() if name not in names}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("view", "tiny"),
        ("view", "standard'); DROP TABLE packages; --"),
        ("asked_city", "perhaps"),
        ("asked_city", ""),
        ("asked_phone", "x" * 10_000),
    ],
)
def test_what_cannot_be_changes_nothing(sams, database, field, typed):
    before = kept(database)
    seen = sams.post(PATH, **{**without("inbox"), field: typed})
    assert (seen.status, "Not a valid choice" in seen.text) == (422, True)
    assert not checked(seen, "inbox")
    assert kept(database) == before


def test_all_of_it_is_kept_and_shown_again(sams, database, cast):
    asked = {"asked_city": "required", "asked_phone": "hidden", "asked_company": "shown"}
    sent = {**without("inbox", "api", "money", "password_reset", "sign_up"), **asked}
    seen = sams.follow(sams.post(PATH, **{**sent, "view": "simple"}))
    assert "Saved. It holds in a few seconds." in seen.text
    found = kept(database)
    assert found.display == Display(
        view=View.SIMPLE, hidden=(Service.INBOX, Service.API), money=False
    )
    assert (found.password_reset, found.sign_up) == (
        False,
        SignUpRules(
            open=False,
            fields={SignUpField.CITY: Asked.REQUIRED, SignUpField.PHONE: Asked.HIDDEN},
        ),
    )
    assert not checked(seen, "inbox")
    assert checked(seen, "send")
    assert re.search(r'value="simple" ?[^>]*checked|checked[^>]*value="simple"', seen.html)
    with database.session(SUNNY) as session:
        (act,) = session.scalars(select(Activity).where(Activity.what == "settings.changed"))
    assert act.person_id == cast.sam.person_id
    assert act.details["settings"] == "display, password_reset, sign_up"


def test_what_is_as_usual_is_not_written_down(sams, database):
    assert sams.post(PATH, **FILLED).status == 303
    assert kept(database).sign_up == SignUpRules()
    with database.session(SUNNY) as session:
        acts = session.scalars(select(Activity).where(Activity.what == "settings.changed")).all()
    assert acts == []


def test_the_example_is_what_clients_would_see(sams, database):
    before = kept(database)
    full = sams.post(f"{PATH}/example", fragment=True, **FILLED)
    assert "<main" not in full.html
    assert full.text.startswith(
        "The menu Home Send Messages Prices Usage Deposit Statement People Activity"
    )
    assert "Clients see everything." in full.text
    assert "$0.045" in full.text
    sent = {**without("inbox", "usage", "money"), "view": "simple"}
    small = sams.post(f"{PATH}/example", fragment=True, **sent)
    assert small.text.startswith("The menu Home Send Sent People Activity A message in the list")
    assert "$" not in small.text
    for words in (
        "Hidden, and refused to programs: Inbox, Prices, Usage, Balance, Deposits, Vouchers.",
        "No amount of money is shown anywhere.",
        "The list cannot be narrowed by status.",
    ):
        assert words in small.text
    assert kept(database) == before


def test_the_example_works_without_scripts_too(sams):
    seen = sams.post(f"{PATH}/example", **without("inbox"))
    assert (seen.status, "<main" in seen.html) == (200, True)
    assert not checked(seen, "inbox")
    wrong = sams.post(f"{PATH}/example", **{**FILLED, "view": "tiny"})
    assert (wrong.status, "Clients see everything." in wrong.text) == (422, True)


# A package


@pytest.fixture
def starter(database) -> int:
    with database.session(SUNNY) as session:
        return packages.listed(session)[0].id


def shown_by(database, package_id: int) -> Display | None:
    with database.session(SUNNY) as session:
        return showing.own(packages.by_id(session, package_id))


def as_sent(seen: Seen) -> dict[str, str]:
    """The fields of the editor as a browser would send them back."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", seen.html):
        name, value = (re.search(rf' {each}="([^"]*)"', tag) for each in ("name", "value"))
        ticks = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not ticks or "checked" in tag) and name[1] != "csrf_token":
            fields[name[1]] = value[1] if value else ""
    return fields


def test_a_package_says_what_its_clients_see(sams, database, starter):
    path = f"/reseller/packages/{starter}/edit"
    seen = sams.get(path)
    assert "What clients with this package see" in seen.text
    assert "it is no part of the versions" in seen.text
    fields = as_sent(seen) | {"below_cost_accepted": "y"}
    assert "shows_otherwise" not in fields
    assert all(f"shows_{each.value}" in fields for each in Service)
    del fields["shows_inbox"]
    ignored = sams.follow(sams.post(path, **fields))
    assert "It says this already" in ignored.text
    assert shown_by(database, starter) is None
    told = {**fields, "shows_otherwise": "y", "shows_view": "simple"}
    saved = sams.follow(sams.post(path, **told))
    assert "Its clients see it so in a few seconds." in saved.text
    assert "Hidden, and refused to programs: Inbox." in saved.text
    assert shown_by(database, starter) == Display(view=View.SIMPLE, hidden=(Service.INBOX,))
    with database.session(SUNNY) as session:
        assert len(packages.versions(session, starter)) == 1
        (act,) = session.scalars(select(Activity).where(Activity.what == "package.display"))
    assert act.details["package"] == "Starter"
    again = as_sent(sams.get(path))
    assert again["shows_otherwise"] == "y"
    assert "shows_inbox" not in again
    assert sams.post(path, **fields).status == 303
    assert shown_by(database, starter) is None


def test_a_package_with_a_wrong_view_is_kept_as_it_was(sams, database, starter):
    path = f"/reseller/packages/{starter}/edit"
    fields = as_sent(sams.get(path)) | {"shows_otherwise": "y", "shows_view": "tiny"}
    seen = sams.post(path, **fields)
    assert (seen.status, "Not a valid choice" in seen.text) == (422, True)
    assert shown_by(database, starter) is None


def test_a_new_package_may_say_it_at_once(sams, database):
    fields = {"name": "Bare", "pulse": "part", "usual_route": "value", "shows_otherwise": "y"}
    fields["shows_view"] = View.BARE.value
    sams.get("/reseller/packages/new")
    seen = sams.post("/reseller/packages/new", **fields, shows_inbox="y", shows_money="y")
    assert seen.status == 303
    with database.session(SUNNY) as session:
        (made,) = (each for each in packages.listed(session) if each.name == "Bare")
        display = showing.own(made)
    assert display is not None
    assert (display.view, display.money, display.shows(Service.INBOX)) == (View.BARE, True, True)


def test_those_without_a_package_see_what_the_portal_says(sams):
    assert "shows_otherwise" not in sams.get("/reseller/packages/defaults").html


def test_sub_accounts_are_left_to_the_reseller(sams, database):
    seen = sams.follow(sams.post(PATH, **without("sub_accounts", "credentials")))
    assert "Clients do not change their sub-accounts themselves." in seen.text
    assert "What sub-accounts sign in with is shown to you only." in seen.text
    found = kept(database).display
    assert (found.clients_edit_sub_accounts, found.credentials_hidden) == (False, True)
    assert not checked(seen, "sub_accounts")
    assert not checked(seen, "credentials")
