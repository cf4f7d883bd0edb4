"""A portal's folder is checked whole: every fault by file, line and key, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.notifications import wording
from portal.provisioning import faults, reading
from portal.provisioning.faults import BadFolder
from portal.provisioning.rate_files import DatedRate
from tests.builders import portal_folder
from tests.builders.portal_folder import PORTAL

SPOKEN = "en, de, es, fr, it, nl, pl, pt"
MAILED = "en.txt, de.txt, es.txt, fr.txt, it.txt, nl.txt, pl.txt, pt.txt, ar.txt"


def refused(folder: Path) -> list[str]:
    with pytest.raises(BadFolder) as bad:
        reading.read(folder)
    return str(bad.value).splitlines()


def test_a_folder_without_a_portal_is_none(tmp_path: Path) -> None:
    (said,) = refused(tmp_path)
    assert said.endswith("portal.toml: there is no such file; `portal new` writes one")


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("currency =", "currenzy =", "4: currenzy: there is no such key; did you mean 'currency'?"),
        ('"USD"', '"EURO"', "4: currency: 'EURO' is no currency code such as EUR"),
        ('"USD"', "5", "4: currency: 5: input should be a valid string (as in EUR)"),
        ('"en"', '"sv"', f"5: language: 'sv' is none of the portal's languages: {SPOKEN}"),
        ('"US"', '"XX"', "6: country: 'XX' is no country code such as DE"),
        (
            "America/New",
            "America/Old",
            ("7: time_zone: 'America/Old_York' is no time zone such as Europe/Berlin"),
        ),
        ("office@", "office", "8: email: 'officewindy.test' is not one e-mail address"),
        (
            "windy.localhost",
            "127.0.0.1",
            ("3: hosts 1: '127.0.0.1' is no host name such as sms.example.com"),
        ),
        ("sms.windy.test", "Windy.localhost:80", "1: the host windy.localhost is there twice"),
        (
            '"windy"',
            '"Windy!"',
            ("1: slug: 'Windy!' may have small letters, digits and dashes only, 40 at most"),
        ),
        ("#0b4f8a", "navy", "11: brand.seed: 'navy' is no colour such as #206bc4"),
        (
            "nav =",
            "navv =",
            (
                "12: brand.own.navv: 'navv' is no colour that may be chosen by hand;"
                " did you mean 'nav'?"
            ),
        ),
        (
            "radius = 4",
            "radius = 99",
            (
                "13: brand.radius: 99: input should be less than or equal to"
                " 24 (of corners, in pixels)"
            ),
        ),
        (
            "radius = 4",
            'font = "comic"',
            ("13: brand.font: 'comic' is no font; known are rounded, serif, system"),
        ),
        (
            "radius = 4",
            'logo = "../x.png"',
            (
                "13: brand.logo: '../x.png' is no name of a file in"
                " this folder: letters, digits, dots and dashes"
            ),
        ),
        (
            '"unlimited"',
            "0",
            (
                "16: settings.daily_limit: 0: input should be greater than or equal"
                ' to 1 (messages a day and client, or "unlimited")'
            ),
        ),
        (
            '"unlimited"',
            '"many"',
            ("16: settings.daily_limit: 'many' is to be a number, or \"unlimited\""),
        ),
        (
            '"5"',
            "5.0",
            (
                "17: settings.low_balance_threshold: 5.0 is to be an amount in quotes, as in"
                ' "10.00", or "never"'
            ),
        ),
        (
            "Wendy@",
            "wendy@x ",
            ("21: staff 1, email: 'wendy@x windy.test' is a domain that cannot exist"),
        ),
        (
            'name = "Wendy',
            'password = "secret"\nname = "Wendy',
            ("22: staff 1, password: there is no such key; known are email, name, role"),
        ),
        (
            '"0.0025"',
            "0.0025",
            ('26: package 1, markup_fixed: 0.0025 is to be written in quotes, as in "0.045"'),
        ),
        (
            '"20"',
            '"20 %"',
            ("27: package 1, markup_percent: '20 %' is not an amount such as 12 or 0.045"),
        ),
        (
            '"20"',
            '"0.00001"',
            ("27: package 1, markup_percent: '0.00001' may have four digits after the point"),
        ),
        (
            '"20"',
            '"10000.0001"',
            ("27: package 1, markup_percent: '10000.0001' is more than 10000 percent"),
        ),
        (
            "Wendy Van",
            "Wendy\\u0000Van",
            ("22: staff 1, name: 'Wendy\\x00Van Wind' is to be one line of at most 200 characters"),
        ),
        ('"491"', '"0491"', "28: package 1, rates.0491: '0491' is no prefix such as 49 or 1876"),
        (
            'name = "Breeze"\n',
            "",
            ("24: package 1, name: is missing; write it (what clients and staff call it)"),
        ),
        (
            "[brand]",
            "[brand",
            "10: this is no TOML: Expected ']' at the end of a table declaration",
        ),
    ],
)
def test_what_is_wrong_is_said_by_line_and_key(
    tmp_path: Path, written: str, instead: str, said: str
) -> None:
    assert PORTAL.count(written) >= 1
    folder = portal_folder.write(tmp_path, portal=PORTAL.replace(written, instead, 1))
    assert f"portal.toml:{said}" in refused(folder)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    folder = portal_folder.write(
        tmp_path,
        portal=PORTAL.replace("radius = 4", 'logo = "logo.svg"'),
        rates_csv="prefix,price\n1,0.01\n1,0.02\n0,1\n49\n7,1e3\n",
        welcome_html="x" * 20_001,
    )
    (folder / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    portal_folder.write_mail(folder, "activatd", "en", "x\n\ny")
    portal_folder.write_mail(folder, "activated", "sv", "x\n\ny")
    portal_folder.write_mail(folder, "activated", "en", "Hi [frstname]\n\nno link")
    portal_folder.write_mail(folder, "activated", "de", "Hallo\n\nkein Link")
    assert refused(folder) == [
        "logo.svg: there is nothing to be seen in it",
        "rates.csv:2: prefix: There are two rates for 1 from the same day: the other is in line 3.",
        "rates.csv:3: prefix: There are two rates for 1 from the same day: the other is in line 2.",
        (
            "rates.csv:4: prefix: “0” is no prefix: write digits with the country code first, such"
            " as 49 or 1876."
        ),
        (
            "rates.csv:5: price: This line has another number of cells than the first, namely 1:"
            " look for a comma too many, or put quotes round the price."
        ),
        "rates.csv:6: price: “1e3” has an exponent: write all digits, such as 0.00001.",
        "welcome.html: it has 20,001 characters; at most 20,000 are kept",
        "mails/activatd: there is no mail of this name; did you mean 'activated'?",
        "mails/activated/de.txt: the body needs [url]",
        "mails/activated/en.txt: no [frstname] in this mail; nearest is [firstname]",
        f"mails/activated/sv.txt: a mail's words are in one of {MAILED}",
    ]


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ("", "rates.csv:1: the first line is to be prefix,price,valid_from"),
        (
            "prefix\n",
            "rates.csv:1: price: There is no column “price”: the first line names the columns.",
        ),
        (
            "prefix,price,valid_from\n1,1,2026-02-30\n",
            ("rates.csv:2: valid_from: “2026-02-30” is a day that no calendar has."),
        ),
        (
            "prefix,price,valid_from\n1,1,1.7.2026\n",
            ("rates.csv:2: valid_from: “1.7.2026” is no day: write it as 2027-01-31."),
        ),
        ('prefix,price\n1,"1\n', "rates.csv:2: this is no CSV: look at the quotes from here on"),
    ],
)
def test_a_price_list_has_its_columns(tmp_path: Path, rates: str, said: str) -> None:
    assert refused(portal_folder.write(tmp_path, rates_csv=rates)) == [said]


def test_a_long_list_of_faults_ends(tmp_path: Path) -> None:
    rates = "prefix,price\n" + "x,1\n" * 5000
    assert len(refused(portal_folder.write(tmp_path, rates_csv=rates))) == 20


def test_a_text_in_another_encoding_is_refused_by_its_line(tmp_path: Path) -> None:
    folder = portal_folder.write(tmp_path)
    (folder / "welcome.html").write_bytes("Grüße\nSchöne".encode("latin-1"))
    assert refused(folder) == ["welcome.html:1: this is not UTF-8; save it as that"]


def test_a_picture_that_is_not_there_is_missed_where_it_is_named(tmp_path: Path) -> None:
    folder = portal_folder.write(tmp_path, portal=PORTAL.replace("radius = 4", 'logo = "logo.png"'))
    (said,) = refused(folder)
    assert said == "portal.toml: brand.logo: logo.png cannot be read (no such file or directory)"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            'free_zones = [{ country = "XX" }]',
            "28: package 1, free_zones 1, country: 'XX' is no country code such as DE",
        ),
        (
            "free_zones = [{}]",
            (
                "28: package 1, free_zones 1: a free zone says a country, a prefix or cost_max, or"
                " more of them"
            ),
        ),
        (
            "[[package.bundle]]\nparts = 5\n\n[[package.bundle]]\nparts = 0",
            (
                "32: package 1, bundle 2, parts: 0: input should be greater than or equal to 1"
                " (how many, as in 500)"
            ),
        ),
        (
            '[[package.bundle]]\nparts = 5\ncounts = "calls"',
            (
                "30: package 1, bundle 1, counts: 'calls': input should be 'sent', 'received' or"
                " 'both' (what takes from it: sent, received or both)"
            ),
        ),
        (
            '[package.amounts.EUR]\nmonthly_fe = "1"',
            (
                "29: package 1, amounts.EUR.monthly_fe: there is no such key; did you mean"
                " 'monthly_fee'?"
            ),
        ),
        (
            '[package.amounts.EURO]\nmonthly_fee = "1"',
            "28: package 1, amounts.EURO: 'EURO' is no currency code such as EUR",
        ),
        (
            'routes = { "DE" = "gold" }',
            (
                "28: package 1, routes.DE: 'gold': input should be 'value' or 'premium' (the way by"
                ' country, as in { "US" = "premium", "*" = "value" })'
            ),
        ),
        (
            '[package.amounts.USD]\nmonthly_fee = "1"',
            (
                " package 'Breeze': amounts in USD stand in the table itself, as it is the"
                " portal's own"
            ),
        ),
        (
            '[defaults]\nmonthly_fee = "9"',
            "28: defaults: monthly_fee is for a [[package]]: the defaults are assigned to nobody",
        ),
    ],
)
def test_what_a_package_cannot_say_is_said_by_line(tmp_path: Path, written: str, said: str) -> None:
    portal = PORTAL.replace('rates = { "491" = "0.03" }', written)
    assert refused(portal_folder.write(tmp_path, portal=portal)) == [f"portal.toml:{said}"]


def test_two_packages_of_one_name_are_refused(tmp_path: Path) -> None:
    folder = portal_folder.write(tmp_path, packages_toml='[[package]]\nname = "Breeze"\n')
    assert refused(folder) == ["portal.toml: package 'Breeze': there are two of this name"]


def test_everything_in_a_folder_is_read(tmp_path: Path) -> None:
    folder = portal_folder.write(
        tmp_path,
        portal=PORTAL.replace("radius = 4", 'logo = "logo.png"'),
        logo=portal_folder.logo(),
        welcome_html="<h2>Hello</h2>\r\n",
        packages_toml='[[package]]\nname = "Gale"\nrates_file = "gale.csv"\n',
        gale_csv="prefix,price\n49,0.5\n",
        rate_csv="no such name",
    )
    portal_folder.write_mail(folder, "activated", "en", portal_folder.ACTIVATED)
    found = reading.read(folder)
    assert [package.name for package in found.packages] == ["Breeze", "Gale"]
    assert found.packages[0].rates == {"USD": (DatedRate("491", 30_000),)}
    assert found.packages[1].rates == {"USD": (DatedRate("49", 500_000),)}
    assert found.packages[0].conditions.markup_percent_millionths == 200_000
    assert [rate.prefix for rate in found.rates] == ["1", "49", "48500"]
    assert found.welcome == "<h2>Hello</h2>"
    assert found.portal.settings.chosen() == {
        "daily_limit": None,
        "low_balance_threshold": 5_000_000,
        "countries": ["*"],
    }
    assert found.logo is not None
    assert found.logo_colours == ("#e4572e",)
    assert found.mails == {
        "activated": (wording.Words("Welcome, [firstname]", "Come in:\n[url]", "en"),)
    }
    assert found.not_read == ("rate.csv",)


def test_a_line_is_found_in_the_right_table() -> None:
    source = 'a = 1\n[[x]]\nb = 1\n[[x]]\n"b" = 2\n[x.y]\nb = 3\n[z]\nb.c = 4\n'
    assert faults.line_of(source, ("a",)) == 1
    assert faults.line_of(source, ("x", 0, "b")) == 3
    assert faults.line_of(source, ("x", 1, "b")) == 5
    assert faults.line_of(source, ("x", 1, "missing")) == 4
    assert faults.line_of(source, ("z", "b", "c")) == 9
    assert faults.line_of(source, ("nowhere",)) == 1
