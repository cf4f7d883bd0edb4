"""A folder becomes a portal; applied again it changes nothing, and changed it changes just that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from portal.accounts import passwords, staff
from portal.accounts.errors import WeakPassword
from portal.accounts.models import Activity
from portal.accounts.roles import Role
from portal.infra.db import Database, ResellerSession
from portal.notifications import wording
from portal.pricing import packages, price_lists, selling
from portal.pricing.conditions import Amounts, Route
from portal.pricing.free_parts import Counts, Offer
from portal.pricing.rating import FreeZone, Pulse, Rate
from portal.provisioning import plan, price_steps, reading
from portal.provisioning.faults import BadFolder
from portal.provisioning.plan import Plan
from portal.provisioning.rate_files import DatedRate
from portal.tenancy import branding, hostnames, resellers, settings, versions, welcome
from portal.tenancy.brand_sheet import Look
from portal.tenancy.brand_values import PLACES
from tests.builders import portal_folder, rows
from tests.builders.conditions import in_one_currency
from tests.builders.portal_folder import PORTAL
from tests.cast import HARBOUR, SUNNY, Cast

PASSWORD = "up-and-away-we-go"
TODAY = date(2026, 11, 21)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = portal_folder.write(
        tmp_path,
        portal=PORTAL.replace("radius = 4", 'radius = 4\nlogo = "logo.png"'),
        logo=portal_folder.logo(),
        welcome_html='<h2>Hello</h2><script>alert("x")</script>',
    )
    portal_folder.write_mail(made, "activated", "en", portal_folder.ACTIVATED)
    return made


@pytest.fixture
def windy(database: Database, folder: Path) -> Iterator[ResellerSession]:
    """A session of the portal that the folder has made."""
    apply(database, folder)
    with database.across_resellers() as across:
        reseller_id = resellers.by_slug(across, "windy").id
    with database.session(reseller_id) as session:
        yield session


def compared(session: ResellerSession, folder: Path, *, number: int = 2003) -> Plan:
    return plan.compare(session, reading.read(folder), number=number, staff_password=PASSWORD)


def apply(database: Database, folder: Path, *, password: str | None = PASSWORD) -> list[str]:
    """Apply as a command does; what was done, in words."""
    read = reading.read(folder)
    with database.across_resellers() as session:
        place = plan.place_of(session, read.portal)
    with database.session(place.reseller_id) as session, session.begin():
        found = plan.compare(session, read, number=place.number, staff_password=password)
        plan.carry_out(session, found)
    return [step.says for step in found.steps]


def edit(folder: Path, written: str, instead: str) -> None:
    file = folder / "portal.toml"
    before = file.read_text()
    assert written in before
    file.write_text(before.replace(written, instead, 1))


@pytest.mark.parametrize(
    ("portal", "said"),
    [
        ({"slug": "console"}, ["slug: 'console' is the operator's own console"]),
        ({"hosts": ["a.test", "sunny.localhost"]},
         ["hosts: sunny.localhost belongs to another portal"]),
        ({"hosts": ["console.localhost"]}, ["hosts: console.localhost belongs to another portal"]),
        ({"number": 2001}, ["number: another portal has the number 2001"]),
        ({"slug": "harbour", "hosts": ["harbour.localhost"], "number": 7}, [
            "currency: it is EUR for good: clients have money in it",
            "number: it is 2002 for good: programs know it",
        ]),
    ],
)  # fmt: skip
def test_what_is_somebody_elses_or_for_good_is_refused(
    shared_database: Database, folder: Path, portal: dict[str, object], said: list[str]
) -> None:
    file = reading.read(folder).portal.model_copy(update=portal)
    with shared_database.across_resellers() as session, pytest.raises(BadFolder) as bad:
        plan.place_of(session, file)
    found = str(bad.value).splitlines()
    assert [line for line in found if "currency: it is USD" not in line] == [
        f"portal.toml: {each}" for each in said
    ]


def test_a_clients_address_is_not_taken_for_staff(
    session: ResellerSession, folder: Path, cast: Cast
) -> None:
    edit(folder, "Wendy@windy.test", "Alice@acme.test")
    with pytest.raises(BadFolder, match=r"email: Alice@acme\.test is the address of a client"):
        compared(session, folder)


def test_a_package_is_not_called_like_a_closed_one(
    session: ResellerSession, folder: Path, cast: Cast
) -> None:
    closed = packages.create(session, name="Breeze", conditions=in_one_currency("USD"))
    selling.close(session, closed, by=cast.sam)
    with pytest.raises(BadFolder, match="package 'Breeze': a package of this name was closed"):
        compared(session, folder)


@pytest.mark.parametrize(
    ("written", "instead", "key"),
    [
        ('"0.0025"', '"-0.0025"', "package 'Breeze'"),
        ("[[package]]", '[defaults]\nmarkup_percent = "-1"\n\n[[package]]', "defaults"),
    ],
)
def test_a_markup_below_zero_is_to_be_allowed_first(
    database: Database, folder: Path, written: str, instead: str, key: str
) -> None:
    edit(folder, written, instead)
    with pytest.raises(BadFolder) as bad:
        apply(database, folder)
    assert str(bad.value) == (
        f"portal.toml: {key}: its markup is below zero; write negative_markup_allowed = true in"
        " [settings] first"
    )
    edit(folder, "[settings]", "[settings]\nnegative_markup_allowed = true")
    assert apply(database, folder)
    edit(folder, "\nnegative_markup_allowed = true", "")  # what the portal has set, holds
    assert apply(database, folder) == []


def test_everything_that_a_package_can_say_is_applied_once(
    database: Database, folder: Path, windy: ResellerSession
) -> None:
    edit(
        folder,
        'rates = { "491" = "0.03" }',
        """\
on_net_free = true
pulse = "message"
refused_countries = ["KP", "CU"]
refused_prefixes = ["+882", "881"]
routes = { "US" = "premium", "*" = "value" }
free_zones = [{ country = "DE", cost_max = "0.01" }, { prefix = "4915" }]
incoming_fee = "0.01"
outgoing_mms_fee = "0.05"
incoming_mms_fee = "0.02"
bundle_parts = 100
rates = { "491" = "0.03" }

[package.amounts.EUR]
monthly_fee = "9"
free_zones = [{ country = "AT" }]
rates = { "43" = "0.05" }

[[package.bundle]]
parts = 500
counts = "sent"
countries = ["US"]
prefixes = ["4915"]
rollover_max = 50
pooled = true

[defaults]
markup_percent = "50"
incoming_fee = "0.02"
rates = { "1" = "0.02" }
""",
    )
    said = apply(database, folder)
    assert said == [
        "sell the defaults",
        (
            "change pulse, on net free, refused countries, refused prefixes, routes, bundles,"
            " amounts in EUR, incoming fee, outgoing mms fee, incoming mms fee, free zones of the"
            " package 'Breeze'"
        ),
        "write 1 own rate of the package 'Breeze'",
    ]
    windy.expire_all()
    (breeze,) = packages.listed(windy)
    says = packages.holding(windy, breeze.id, on=TODAY.replace(year=2099)).conditions
    assert (says.on_net_free, says.pulse) == (True, Pulse.MESSAGE)
    assert (says.refused_countries, says.refused_prefixes) == (("CU", "KP"), ("881", "882"))
    assert says.routes == {"US": Route.PREMIUM}
    assert says.bundles == (
        Offer(parts=100),
        Offer(
            parts=500,
            counts=Counts.SENT,
            countries=("US",),
            prefixes=("4915",),
            rollover_max=50,
            pooled=True,
        ),
    )
    dollars, euros = says.amounts["USD"], says.amounts["EUR"]
    assert dollars.free_zones == (
        FreeZone(country="DE", cost_max=10_000),
        FreeZone(prefix="4915"),
    )
    assert (dollars.incoming_fee, dollars.outgoing_mms_fee) == (10_000, 50_000)
    assert (dollars.incoming_mms_fee, dollars.markup_fixed) == (20_000, 2_500)
    assert (euros.monthly_fee, euros.free_zones) == (9_000_000, (FreeZone(country="AT"),))
    own = price_lists.rates_in(windy, currency="EUR", package_id=breeze.id)
    assert [(rate.prefix, rate.price) for rate in own] == [("43", 50_000)]
    default = packages.default(windy)
    assert default is not None
    assert packages.holding(windy, default.id, on=TODAY).conditions.amounts["USD"] == Amounts(
        incoming_fee=20_000
    )
    assert apply(database, folder) == []
    edit(folder, 'markup_percent = "50"', 'markup_percent = "60"')
    edit(folder, 'monthly_fee = "9"', 'monthly_fee = "8"')
    assert apply(database, folder) == [
        "change markup percent of the defaults",
        "change monthly fee in EUR of the package 'Breeze'",
    ]


def test_what_is_refused_at_last_leaves_nothing(database: Database, folder: Path) -> None:
    before = rows.versions(database)
    with pytest.raises(WeakPassword):
        apply(database, folder, password="password")
    assert rows.versions(database) == before


def test_looking_at_a_plan_writes_nothing(database: Database, folder: Path) -> None:
    before = rows.versions(database)
    with database.session(3) as session, session.begin():
        found = compared(session, folder)
    assert [step.says for step in found.steps] == [
        "make the portal Windy SMS (windy) in USD, number 2003",
        "answer to windy.localhost, the name in its links",
        "answer to sms.windy.test",
        "draw it in #0b4f8a with the theme 'default' and greet with the text of welcome.html",
        f"show the logo, {len(reading.read(folder).logo.content):,} bytes when drawn anew",
        "keep this look as a version",
        (
            "set countries none to *, daily limit 200 to none, low balance threshold 10000000 to"
            " 5000000"
        ),
        "write 3 wholesale rates",
        "sell the package 'Breeze'",
        "write the mail 'activated' in 'en' in its own words",
        "let in Wendy@windy.test (owner) with the password that you chose",
    ]
    assert rows.versions(database) == before


def test_a_folder_makes_a_portal(windy: ResellerSession) -> None:
    reseller = resellers.own(windy)
    assert (reseller.number, reseller.name, reseller.currency) == (2003, "Windy SMS", "USD")
    assert (reseller.country, reseller.time_zone) == ("US", "America/New_York")
    assert hostnames.names_of(windy) == ["windy.localhost", "sms.windy.test"]
    brand = branding.own(windy)
    assert branding.look_of(brand) == Look(seed="#0b4f8a", own={"nav": "#ffffff"}, radius_px=4)
    assert (brand.title, brand.theme) == ("Windy SMS", "default")
    assert brand.logo_light is not None
    assert brand.logo_dark is None
    assert welcome.written(windy) == "<h2>Hello</h2>"
    chosen = settings.read(windy)
    assert (chosen.daily_limit, chosen.low_balance_threshold) == (None, 5_000_000)
    assert chosen.countries == ["*"]
    assert chosen.default_balance_management == "SOFT"
    assert {(rate.prefix, rate.price) for rate in price_lists.wholesale_rates(windy, currency="USD")
            } == {("1", 9_000), ("49", 60_000), ("48500", 20_000)}  # fmt: skip
    (package,) = packages.listed(windy)
    says = packages.holding(windy, package.id, on=TODAY).conditions
    assert says.amounts == {"USD": Amounts(markup_fixed=2_500)}
    assert says.markup_percent_millionths == 200_000
    own = price_lists.rates_in(windy, currency="USD", package_id=package.id)
    assert [(rate.prefix, rate.price) for rate in own] == [("491", 30_000)]
    words = wording.own(windy, "activated", language="en")
    assert words is not None
    assert words.subject == "Welcome, [firstname]"
    wendy = staff.by_email(windy, "wendy@WINDY.test")
    assert wendy is not None
    assert (wendy.firstname, wendy.lastname) == ("Wendy Van", "Wind")
    assert Role(wendy.role) is Role.STAFF_OWNER
    assert passwords.verify(PASSWORD, wendy.password_hash)


def test_applied_again_it_writes_nothing(
    database: Database, folder: Path, windy: ResellerSession
) -> None:
    before = rows.versions(database)
    assert before["resellers"]
    assert apply(database, folder) == []
    assert rows.versions(database) == before


def test_each_change_is_made_and_no_other(
    database: Database, folder: Path, windy: ResellerSession
) -> None:
    before = rows.versions(database)
    edit(folder, '"Windy SMS"', '"Windier"')
    edit(folder, '["windy.localhost", "sms.windy.test"]', '["sms.windy.test", "new.windy.test"]')
    edit(folder, "#0b4f8a", "#ff00cb")
    edit(folder, '"5"', '"never"')
    edit(folder, '"20"', '"22.5"')
    edit(folder, '"0.03"', '"0.031"')
    (folder / "logo.png").write_bytes(portal_folder.logo("#3bff14"))
    (folder / "welcome.html").write_text("<p>Hi</p>")
    (folder / "rates.csv").write_text("prefix,price\n1,0.01\n49,0.06\n")
    portal_folder.write_mail(folder, "activated", "en", "Come in\n\n[url]")
    assert apply(database, folder) == [
        "change name 'Windy SMS' to 'Windier'",
        "write sms.windy.test into its links instead of windy.localhost",
        "answer to new.windy.test",
        "call it 'Windier' with the theme 'default'",
        "draw it anew in #ff00cb",
        f"show the logo, {len(reading.read(folder).logo.content):,} bytes when drawn anew",
        "keep this look as a version",
        "change the welcome text",
        "set low balance threshold 5000000 to none",
        "write 1 wholesale rate",
        "change markup percent of the package 'Breeze'",
        "write 1 own rate of the package 'Breeze'",
        "write the mail 'activated' in 'en' in its own words",
    ]
    assert apply(database, folder) == []
    after = rows.versions(database)
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {
        "activity", "brand_versions", "brands", "hostnames", "images", "package_amounts",
        "package_versions", "price_lists", "rates", "resellers", "wordings",
    }  # fmt: skip


def test_every_picture_and_setting_of_the_look(
    database: Database, folder: Path, windy: ResellerSession
) -> None:
    keys = [place.removesuffix("_light") for place in PLACES if place != "logo_light"]
    for number, key in enumerate(keys):
        (folder / f"{key}.png").write_bytes(portal_folder.logo(f"#0b25{number:02x}"))
    named = "".join(f'{key} = "{key}.png"\n' for key in keys)
    chosen = 'theme_settings = { density = "compact", bar_stays = true }\n'
    edit(folder, "radius = 4\n", f"radius = 4\n{named}{chosen}")
    edit(folder, 'nav = "#ffffff"', 'nav = "#ffffff", text = "#222222", on-primary = "#ffffff"')
    said = apply(database, folder)
    assert [each.partition(", ")[0] for each in said] == [
        "draw it anew in #0b4f8a",
        "choose bar_stays",
        "show the logo for dark grounds",
        "show the logo of the sign-in page",
        "show the logo of the sign-in page for dark grounds",
        "show the logo above the pages",
        "show the logo above the pages for dark grounds",
        "show the favicon",
        "show the favicon for dark tabs",
        "show the background of the sign-in page",
        "show the background of the sign-in page in the dark mode",
        "keep this look as a version",
    ]
    assert apply(database, folder) == []
    with database.session(windy.reseller_id) as session:
        values = branding.values_of(branding.own(session))
        assert tuple(values.pictures) == PLACES
        assert values.theme_settings == {"density": "compact", "bar_stays": True}
        assert values.look.own["on-primary"] == "#ffffff"
        assert len(versions.listed(session)) == 2
        assert (
            f"url(/media/{values.pictures['login_background_dark']}.webp)"
            in branding.own(session).sheet
        )
    edit(folder, chosen, "")
    with database.session(windy.reseller_id) as session:
        remarks = [each.says for each in compared(session, folder).remarks]
    assert "what was chosen for the theme is there, but not in the folder: kept" in remarks


def test_a_setting_that_the_theme_does_not_take_is_a_fault(folder: Path) -> None:
    for written, said in (
        ('{ density = "tight" }', "brand.theme_settings.density: is none of the choices"),
        ("{ wings = 2 }", "brand.theme_settings.wings: the theme has no such setting"),
    ):
        before = (folder / "portal.toml").read_text()
        edit(folder, "radius = 4\n", f"radius = 4\ntheme_settings = {written}\n")
        with pytest.raises(BadFolder) as refused:
            reading.read(folder)
        assert str(refused.value) == f"portal.toml: {said}"
        (folder / "portal.toml").write_text(before)


def test_what_the_folder_no_longer_has_is_kept_and_said(
    database: Database, folder: Path, windy: ResellerSession
) -> None:
    for name in ("rates.csv", "welcome.html", "mails/activated/en.txt"):
        (folder / name).unlink()
    (folder / "rates.csv").write_text("prefix,price\n1,0.009\n")
    edit(folder, '"windy.localhost", ', "")
    edit(folder, '\nlogo = "logo.png"', "")
    edit(folder, '"Breeze"', '"Gale"')
    edit(folder, '{ "491" = "0.03" }', "{}")
    edit(folder, "Wendy@", "will@")
    found = compared(windy, folder)
    assert [remark.says for remark in found.remarks] == [
        "the host name windy.localhost is there, but not in the folder: kept",
        "the logo is there, but not in the folder: kept",
        "the welcome text is there, but not in the folder: kept",
        "the wholesale rate of 2 other prefixes is there, but not in the folder: kept",
        "the package 'Breeze' is there, but not in the folder: kept",
        "an own text for the mail 'activated' in 'en' is there, but not in the folder: kept",
        "Wendy@windy.test is there, but not in the folder: kept",
        "'logo.png' is not read: no part of a portal's folder",
    ]
    assert [step.says for step in found.steps] == [
        "write sms.windy.test into its links instead of windy.localhost",
        "sell the package 'Gale'",
        "let in will@windy.test (owner) with the password that you chose",
    ]


def test_the_themes_own_words_are_restored(
    database: Database, folder: Path, windy: ResellerSession
) -> None:
    theirs = wording.default("activated", language="en")
    portal_folder.write_mail(folder, "activated", "en", f"{theirs.subject}\n\n{theirs.body}\n")
    assert apply(database, folder) == [
        "write the mail 'activated' in 'en' as the theme has it again"
    ]
    assert apply(database, folder) == []


def test_a_role_is_not_changed_by_a_file(folder: Path, windy: ResellerSession) -> None:
    edit(folder, 'name = "Wendy Van Wind"', 'role = "reader"')
    found = compared(windy, folder)
    assert found.steps == ()
    assert found.remarks[0].says == "Wendy@windy.test is owner, and reader in the folder: kept"


def test_without_a_password_people_are_invited(database: Database, folder: Path) -> None:
    said = apply(database, folder, password=None)
    assert said[-1] == "invite Wendy@windy.test (owner) by mail to choose a password"
    with database.across_resellers() as session:
        queued = session.scalar(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = 'people.mail_invitation'")
        )
        reseller_id = resellers.by_slug(session, "windy").id
    with database.session(reseller_id) as session:
        wendy = staff.by_email(session, "wendy@windy.test")
    assert wendy is not None
    assert queued == {"reseller_id": reseller_id, "person_id": wendy.id}
    assert not wendy.is_let_in
    assert apply(database, folder, password=None) == []


def test_it_is_written_down_once(windy: ResellerSession) -> None:
    (row,) = windy.scalars(select(Activity).where(Activity.what == "portal.applied"))
    assert (row.person_id, row.details) == (None, {"changes": 11})


def test_a_seed_that_is_not_named_is_the_logos(database: Database, folder: Path) -> None:
    edit(folder, 'seed = "#0b4f8a"\n', "")
    assert (
        "draw it in #e4572e with the theme 'default' and greet with the text of welcome.html"
        in (apply(database, folder))
    )
    assert apply(database, folder) == []


def test_a_portal_that_was_there_is_changed_by_its_slug(database: Database, tmp_path: Path) -> None:
    """Made by hand, with clients and prices of its own; what the file leaves out stays."""
    folder = portal_folder.write(
        tmp_path,
        portal='slug = "sunny"\nname = "SunnyText"\nhosts = ["sunny.localhost"]\n'
        'currency = "USD"\nlanguage = "en"\ncountry = "US"\ntime_zone = "America/New_York"\n'
        'email = "office@sunny.test"\nlanguages = ["en"]\n',
    )
    (folder / "rates.csv").unlink()
    assert apply(database, folder) == ["set languages none to en"]
    with database.session(SUNNY) as session:
        assert settings.read(session).countries == ["US", "DE", "PL"]
        assert len(packages.listed(session)) == 1
    with database.session(HARBOUR) as session:
        assert settings.read(session).languages == []


def test_two_portals_do_not_touch(database: Database, folder: Path, windy: ResellerSession) -> None:
    with database.session(SUNNY) as session:
        assert session.scalar(select(func.count()).select_from(branding.Brand)) == 1
        assert branding.own(session).logo_light is None


@pytest.mark.parametrize(
    ("line", "written"),
    [
        (DatedRate("1", 9), None),
        (DatedRate("1", 10), Rate("1", 10, TODAY)),
        (DatedRate("1", 7), Rate("1", 7, TODAY)),
        (DatedRate("1", 7, date(2026, 1, 1)), None),
        (DatedRate("1", 8, date(2026, 1, 1)), Rate("1", 8, date(2026, 1, 1))),
        (DatedRate("1", 12, date(2027, 1, 1)), None),
        (DatedRate("1", 9, date(2026, 12, 1)), Rate("1", 9, date(2026, 12, 1))),
        (DatedRate("2", 0), Rate("2", 0, TODAY)),
    ],
)
def test_which_rates_are_written(line: DatedRate, written: Rate | None) -> None:
    present = [
        Rate("1", 9, date(2026, 7, 1)),
        Rate("1", 7, date(2026, 1, 1)),
        Rate("1", 12, date(2027, 1, 1)),
    ]
    found = price_steps.due(present, [line], today=TODAY)
    assert found == ([] if written is None else [written])
    # Written, and looked at again: by then it is what the line says.
    kept = [each for each in present if (each.prefix, each.valid_from) not in
            {(new.prefix, new.valid_from) for new in found}]  # fmt: skip
    assert price_steps.due([*kept, *found], [line], today=TODAY) == []


def test_a_price_of_today_is_replaced(database: Database, folder: Path) -> None:
    apply(database, folder)
    (folder / "rates.csv").write_text("prefix,price\n1,0.007\n")
    assert apply(database, folder) == ["write 1 wholesale rate"]
    with database.across_resellers() as across:
        reseller_id = resellers.by_slug(across, "windy").id
    with database.session(reseller_id) as session:
        ones = [
            rate for rate in price_lists.wholesale_rates(session, currency="USD")
            if rate.prefix == "1"
        ]  # fmt: skip
    assert [replace(rate, valid_from=TODAY) for rate in ones] == [Rate("1", 7_000, TODAY)]


def test_with_a_zone_the_portal_has_a_name_in_it(database: Database, folder: Path) -> None:
    def plan_of(session: ResellerSession) -> list[str]:
        read = reading.read(folder)
        found = plan.compare(
            session, read, number=2003, staff_password=PASSWORD, zone="portals.test"
        )
        plan.carry_out(session, found)
        return [*(step.says for step in found.steps), *(each.says for each in found.remarks)]

    with database.session(3) as session, session.begin():
        assert "answer to windy.portals.test" in plan_of(session)
        assert hostnames.names_in_zone(session) == ["windy.portals.test"]
        assert hostnames.primary_of(session) != "windy.portals.test"
        assert not [each for each in plan_of(session) if "portals.test" in each]
