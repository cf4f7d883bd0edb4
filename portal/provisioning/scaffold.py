"""Write a portal's folder that can be applied as it is, with a comment on each line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.languages import get_official_languages
from babel.numbers import get_currency_precision, get_territory_currencies
from phonenumbers import PhoneNumberType, example_number_for_type, timezone

from portal.infra import translation
from portal.infra.errors import PortalError
from portal.ledger import units
from portal.pricing import destinations
from portal.provisioning import rate_files
from portal.provisioning.rate_files import DatedRate
from portal.provisioning.reading import PORTAL_FILE, RATES_FILE
from portal.provisioning.text_files import WELCOME_FILE
from portal.tenancy import pictures

# What a part costs in millionths of a US dollar, roughly: to be replaced by a real list.
_DOLLAR_RATES: Final = {
    "1": 8_000, "7": 45_000, "27": 18_000, "31": 70_000, "32": 75_000, "33": 52_000, "34": 40_000,
    "39": 55_000, "41": 50_000, "43": 60_000, "44": 33_000, "45": 38_000, "46": 42_000,
    "47": 50_000, "48": 28_000, "49": 72_000, "52": 25_000, "55": 24_000, "61": 32_000,
    "64": 70_000, "65": 34_000, "81": 62_000, "82": 28_000, "91": 26_000, "351": 34_000,
    "353": 54_000, "358": 56_000, "420": 44_000, "972": 90_000,
}  # fmt: skip
_ELSEWHERE: Final = 60_000

# About how many of them a dollar is, to one digit; one of those that are not here is about one.
_TO_THE_DOLLAR: Final = {
    "AED": 4, "ARS": 1_000, "BDT": 120, "BRL": 5, "CLP": 900, "CNY": 7, "COP": 4_000, "CZK": 20,
    "DKK": 7, "EGP": 50, "GHS": 15, "HKD": 8, "HUF": 400, "IDR": 16_000, "ILS": 4, "INR": 80,
    "ISK": 140, "JPY": 150, "KES": 130, "KRW": 1_400, "LKR": 300, "MAD": 10, "MXN": 20, "MYR": 4,
    "NGN": 1_500, "NOK": 10, "PEN": 4, "PHP": 60, "PKR": 300, "PLN": 4, "RON": 4, "RSD": 100,
    "RUB": 80, "SAR": 4, "SEK": 10, "THB": 30, "TRY": 40, "TWD": 30, "TZS": 2_500, "UAH": 40,
    "UGX": 3_700, "UYU": 40, "VND": 25_000, "XAF": 600, "XOF": 600, "ZAR": 20,
}  # fmt: skip


class FolderInUse(PortalError):
    """There is something in the folder already, and nothing is written over."""

    code = "folder_in_use"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a new portal is to be."""

    name: str
    slug: str
    host: str
    country: str
    language: str
    currency: str
    time_zone: str
    email: str
    colour: str = ""
    """Empty: the logo's first, or the default."""
    logo: Path | None = None


def write(folder: Path, wishes: Wishes) -> None:
    """Write the folder: `portal.toml`, a welcome text, a few rates, and the logo.

    Raises:
        FolderInUse: there is something in it.
        InvalidPicture: the logo is no picture that a portal shows.
        OSError: something cannot be read or written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(f"there is something in {folder} already; nothing is written over")
    given = wishes.logo.read_bytes() if wishes.logo else None
    colours = pictures.colours_of(given) if given else ()
    logo = f"logo{wishes.logo.suffix.lower()}" if wishes.logo else ""
    texts = {
        PORTAL_FILE: portal_toml(wishes, logo=logo, colours=colours),
        WELCOME_FILE: f"<h2>{_escaped(wishes.name)}</h2>\n",
        RATES_FILE: rate_files.write(_rates(wishes), currency=wishes.currency),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    if given:
        (folder / logo).write_bytes(given)


def portal_toml(wishes: Wishes, *, logo: str, colours: Sequence[str]) -> str:
    """The file, with what each line is for."""
    seed = wishes.colour or next(iter(colours), "")
    others = [colour for colour in colours if colour != seed]
    return _TEMPLATE.format(
        slug=_quoted(wishes.slug),
        name=_quoted(wishes.name),
        host=_quoted(wishes.host),
        currency=_quoted(wishes.currency),
        language=_quoted(wishes.language),
        languages=", ".join(_quoted(each) for each in translation.languages()),
        country=_quoted(wishes.country),
        time_zone=_quoted(wishes.time_zone),
        email=_quoted(wishes.email),
        seed=f"seed = {_quoted(seed)}" if seed else '# seed = "#206bc4"',
        others=f"; also in the logo: {', '.join(others)}" if others else "",
        logo=f"logo = {_quoted(logo)}" if logo else '# logo = "logo.png"',
        small=_amount(4_000, wishes.currency),
        smaller=_amount(2_000, wishes.currency),
        own=_amount(30_000, wishes.currency),
        warn=_amount(10_000_000, wishes.currency),
        monthly=_amount(9_000_000, wishes.currency),
    )


def usual_currency(country: str) -> str:
    """What is paid with in a country."""
    return next(iter(get_territory_currencies(country) or ()), "USD")


def usual_language(country: str) -> str:
    """The first language of a country that the portal speaks, or English."""
    spoken = translation.languages()
    official = get_official_languages(country, de_facto=True)
    return next((each for each in official if each in spoken), translation.SOURCE_LANGUAGE)


def usual_time_zone(country: str) -> str:
    """The time zone of an ordinary phone number in a country."""
    number = example_number_for_type(country, PhoneNumberType.FIXED_LINE)
    found = timezone.time_zones_for_number(number) if number else ()
    return next((zone for zone in found if zone != timezone.UNKNOWN_TIMEZONE), "UTC")


def _rates(wishes: Wishes) -> list[DatedRate]:
    """A few big countries and the reseller's own, in its currency."""
    own = destinations.dial_code(wishes.country) or ""
    rates = {own: _ELSEWHERE, **_DOLLAR_RATES}
    return [
        DatedRate(prefix, price * _scale(wishes.currency))
        for prefix, price in sorted(rates.items())
    ]


def _amount(micro_dollars: int, currency: str) -> str:
    amount = micro_dollars * _scale(currency)
    if amount >= units.MICROS and get_currency_precision(currency) == 0:
        amount -= amount % units.MICROS
    return _quoted(units.decimal_string(amount, currency))


def _scale(currency: str) -> int:
    return _TO_THE_DOLLAR.get(currency, 1)


def _quoted(text: str) -> str:
    """A TOML string; JSON's are, but for characters that JSON may leave as they are."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_TEMPLATE = """\
# A portal. `portal apply` on this folder makes it, and changes it when the folder has changed.
# What is left out keeps its default or stays as it is; nothing is ever deleted by applying.

slug = {slug}    # its short name in commands; it stays
name = {name}    # what pages and mails call it
hosts = [{host}]    # the names that it answers to; the first is in its links
currency = {currency}    # of prices and wallets; it stays
language = {language}    # its own language; there are: {languages}
# languages = [{languages}]    # those that visitors may choose; left out: all
country = {country}
time_zone = {time_zone}    # days and months begin in it
email = {email}    # replies to its mails and news of sign-ups go there
theme = "default"    # the folder of a theme

[brand]
{seed}    # everything else is solved from this colour, light and dark{others}
{logo}    # PNG, JPEG, WebP, GIF or SVG beside this file, at most 1 MB
# logo_dark = "logo-dark.png"    # the same, drawn for dark grounds
# favicon = "icon.png"    # further pictures: login_logo, content_logo, login_background
radius = 6    # of corners, in pixels
font = "system"    # system, serif or rounded
# own.nav = "#0b2545"    # a ground or a button by hand: bg, surface, panel, nav, primary, exit, ...
# own_dark.nav = "#061a33"    # the same in the dark mode alone

[settings]
default_balance_management = "HARD"    # HARD: prepaid; SOFT: may owe
daily_limit = 200    # messages a day and client; or "unlimited"
low_balance_threshold = {warn}    # where a mail warns; or "never"
countries = []    # open to all clients beside their own, as ["US", "DE"]; ["*"] is all
refund_undelivered = false

# What clients see; what is hidden is refused as well. Packages may say otherwise, by the same keys.
# [display]
# view = "standard"    # or simple, simple-without-services
# hide = ["api"]    # send, inbox, numbers, prices, usage, balance, deposits, vouchers, quotas, api
# money = false    # no amounts anywhere
# clients_edit_sub_accounts = false    # only you change them
# credentials_hidden = true    # only you see what sub-accounts sign in with
# password_reset = true
# ask_us = true    # a link to ask you on every page of a client

# [signup]
# open = true
# fields = {{ company = "required", tax_id = "shown", phone = "hidden" }}

# What clients may pay in. Accounts with providers and their keys are entered on the pages alone.
# [deposits]
# amounts = ["10", "20", "50", "100"]    # the buttons
# other_amounts = true    # clients may write another amount
# least = "5"
# most = "1000"
# refund_text = "Unused credit is paid back within 14 days."    # in your own language
# refund_texts = {{ de = "Nicht verbrauchtes Guthaben zahlen wir binnen 14 Tagen zurück." }}

# [invoices]
# issuing = true    # one for each deposit
# name = "Acme GmbH"
# address = "Hauptstr. 1"
# postal_code = "10115"
# city = "Berlin"
# country = "DE"
# vat_id = "DE136695976"
# charges_vat = true
# rates = {{ DE = "19", AT = "20" }}
# reverse_charge = true
# prefix = "R-"

# The websites of your own that have the form to sign in.
# [access]
# sites = ["https://www.example.com"]

# Who is let in or refused without being looked at. Without it, everybody waits for you.
# [admission]
# domains = ["example.com"]    # firms that you know
# package = "Starter"    # what they begin with
# refused_countries = ["KP"]
# refused_reason = "We do not serve your country."
# waiting_countries = ["DE"]

# What new clients are given to try the portal with, for a code to their mobile number.
# [trial]
# amount = "2.00"
# sent_from = "house"    # a sub-account of your own without a limit of parts
# countries = [{country}]

# Whom mails say to be from. A mail server and its password are entered on the page Mail.
# [mail]
# from_name = {name}
# from_address = "news@example.com"
# reply_to = {email}

# Who works here. A password is never in this file: whoever is new is invited by mail to choose one,
# or `portal apply --staff-password` asks for it.
[[staff]]
email = {email}
name = ""
role = "owner"    # owner, admin, support, billing or reader

# Price of a part = (cost + markup_fixed) * (1 + markup_percent / 100). Amounts are in quotes.
# What a part costs is in rates.csv: a few made-up prices, to be replaced.
[[package]]
name = "Starter"
markup_fixed = {small}
markup_percent = "25"

[[package]]
name = "Business"
markup_fixed = {smaller}
markup_percent = "15"
bundle_parts = 500    # free parts a month
refused_prefixes = ["881", "882"]    # satellites
# rates = {{ "49" = {own} }}    # own prices by prefix
# free_zones = [{{ country = {country} }}]    # where sending is free for clients
# monthly_fee = {monthly}    # for each sub-account; and setup_fee, incoming_fee
# routes = {{ {country} = "premium" }}    # where the operator has a better way
# [[package.bundle]]    # free parts for some countries, shared and carried over if it says so
# parts = 200
# countries = [{country}]

# What sub-accounts without a package pay; without it they cannot send.
# [defaults]
# markup_percent = "50"

# The words of a mail: mails/<mail>/<language>.txt, the subject first, an empty line, then the text.
"""
