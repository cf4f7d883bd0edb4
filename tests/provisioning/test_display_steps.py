"""What a folder says of views, sign-up and sites: applied once, the second time nothing is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.infra.db import Database, ResellerSession
from portal.pricing import packages, showing
from portal.provisioning import plan, reading
from portal.provisioning.display_steps import in_words
from portal.provisioning.faults import BadFolder
from portal.tenancy import settings
from portal.tenancy.display import EVERYTHING, Display, Service, View
from portal.tenancy.signup_fields import Asked, SignUpField, SignUpRules
from tests.builders import portal_folder
from tests.builders.portal_folder import PORTAL

TABLES = """
[display]
view = "simple"
hide = ["api", "inbox"]
money = false
password_reset = false

[signup]
open = true
fields = { company = "required", phone = "hidden", lastname = "required" }

[access]
sites = ["https://WWW.windy.test/login", "https://www.windy.test"]

[[staff]]"""
SAID = PORTAL.replace("\n[[staff]]", TABLES, 1).replace(
    'name = "Breeze"', 'name = "Breeze"\ndisplay = { view = "simple-without-services" }', 1
)


def compared(session: ResellerSession, folder: Path) -> list[str]:
    found = plan.compare(session, reading.read(folder), number=2003, staff_password="up-and-away")
    return [step.says for step in found.steps]


def apply(database: Database, folder: Path) -> int:
    read = reading.read(folder)
    with database.across_resellers() as across:
        place = plan.place_of(across, read.portal)
    with database.session(place.reseller_id) as session, session.begin():
        found = plan.compare(session, read, number=place.number, staff_password="up-and-away")
        plan.carry_out(session, found)
    return place.reseller_id


def test_all_of_it_is_made_and_nothing_is_left_to_do(database: Database, tmp_path: Path) -> None:
    folder = portal_folder.write(tmp_path, portal=SAID)
    number = apply(database, folder)
    with database.session(number) as session:
        kept = settings.read(session)
        (breeze,) = packages.listed(session)
        assert compared(session, folder) == []
        assert showing.own(breeze) == Display(view=View.BARE)
    assert kept.display == Display(
        view=View.SIMPLE, hidden=(Service.INBOX, Service.API), money=False
    )
    assert kept.sign_up == SignUpRules(
        fields={SignUpField.COMPANY: Asked.REQUIRED, SignUpField.PHONE: Asked.HIDDEN}
    )
    assert (kept.password_reset, kept.login_sites) == (False, ["https://www.windy.test"])


def test_what_the_file_does_not_say_stays_but_a_package_says_everything(
    database: Database, tmp_path: Path
) -> None:
    number = apply(database, portal_folder.write(tmp_path / "first", portal=SAID))
    plain = portal_folder.write(tmp_path / "second", portal=PORTAL)
    with database.session(number) as session:
        assert compared(session, plain) == [
            "show clients with the package 'Breeze' what the portal says"
        ]


def test_a_plan_says_what_would_change(database: Database, tmp_path: Path) -> None:
    number = apply(database, portal_folder.write(tmp_path / "first"))
    folder = portal_folder.write(tmp_path / "second", portal=SAID)
    with database.session(number) as session:
        assert compared(session, folder) == [
            "show clients the view simple, no inbox, no api, no amounts",
            "mail nobody a link for a new password",
            "let visitors sign up, and ask them company required, phone hidden",
            "take the form to sign in from https://www.windy.test",
            "show clients with the package 'Breeze' the view simple-without-services",
        ]
    closed = SAID.replace("open = true", "open = false").replace("password_reset = false", "")
    emptied = closed.replace(
        'sites = ["https://WWW.windy.test/login", "https://www.windy.test"]', ""
    )
    apply(database, folder)
    with database.session(number) as session:
        assert compared(session, portal_folder.write(tmp_path / "third", portal=emptied)) == [
            "mail people who ask a link for a new password",
            "let nobody sign up",
            "take the form to sign in from nowhere",
        ]


def test_the_usual_sign_up_is_said_so(database: Database, tmp_path: Path) -> None:
    number = apply(database, portal_folder.write(tmp_path / "first", portal=SAID))
    usual = PORTAL.replace("\n[[staff]]", "\n[signup]\n\n[[staff]]", 1)
    with database.session(number) as session:
        said = compared(session, portal_folder.write(tmp_path / "second", portal=usual))
    assert said[0] == "let visitors sign up, and ask them the usual"


def test_a_display_in_words() -> None:
    assert in_words(EVERYTHING) == "everything"
    assert in_words(Display(money=False)) == "no amounts"


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('view = "simple"\n', 'view = "simpel"\n', "is no view; did you mean 'simple'?"),
        ('"inbox"', '"inbocks"', "is no service; did you mean 'inbox'?"),
        ("money = false", 'money = "no"', "display.money"),
        ("hide = [", "hid = [", "there is no such key; did you mean 'hide'?"),
        ("phone =", "fone =", "is no field of the sign-up form; did you mean 'phone'?"),
        ('"hidden"', '"gone"', "signup.fields.phone"),
        ('"https://www.windy.test"', '"http://www.windy.test"', "is no website such as"),
        ('"https://www.windy.test"', '"javascript:alert(1)"', "is no website such as"),
        ('view = "simple-without-services"', "password_reset = true", "there is no such key"),
    ],
)
def test_what_cannot_be_is_told_by_line_and_key(
    tmp_path: Path, line: str, instead: str, said: str
) -> None:
    assert line in SAID
    folder = portal_folder.write(tmp_path, portal=SAID.replace(line, instead, 1))
    with pytest.raises(BadFolder) as bad:
        reading.read(folder)
    (fault,) = str(bad.value).splitlines()
    assert fault.startswith("portal.toml:")
    assert said in fault
