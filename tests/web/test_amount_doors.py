"""Every door that takes an amount refuses what is none, says how to mend it, and moves nothing.

A new field of a page belongs in `amount_doors.DOORS`, a new key of a portal's folder in `KEYS`; the
test at the end finds a field that was forgotten.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from portal.http import limits
from portal.infra.db import Database
from portal.provisioning import reading
from portal.provisioning.faults import BadFolder
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import Form
from tests.builders import amounts, money, portal_folder
from tests.builders.portal_folder import PORTAL, RATES
from tests.cast import Cast, Firm
from tests.web.amount_doors import DOORS, Door
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit

HOW_POINT = "Write the amount with digits and a point, as in 12.50."
DIGITS_POINT = "Too many digits: nine before the point and six after it at most."
EMPTY = "Please fill this in."
NOTHING = "An amount is above zero."


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.form)
def test_a_form_of_a_writer_of_points(
    visit: Visit, database: Database, cast: Cast, door: Door
) -> None:
    browser = visit(cast.olga if door.operator else cast.sam)
    browser.get("/operator/resellers" if door.operator else "/reseller/clients")
    before = written(database)
    messages = {
        HOW_POINT: amounts.POINT_DOOR if door.thorough else amounts.FEW_POINT,
        DIGITS_POINT: (*amounts.TOO_MANY_DIGITS, *amounts.TOO_FINE),
        EMPTY: ("",) if door.positive else (),
        NOTHING: ("0", "000000000.000000") if door.positive else (),
    }
    for message, texts in messages.items():
        for given in texts:
            said = knock(browser, door, cast.alice, given, currency="USD")
            assert {name: found for name, found in said.items() if found != [message]} == {}, given
    assert written(database) == before


@pytest.mark.parametrize(
    "door", [door for door in DOORS if not door.operator], ids=lambda door: door.form
)
def test_a_form_of_a_writer_of_commas(
    visit: Visit, database: Database, cast: Cast, door: Door
) -> None:
    hanna = visit(cast.hanna)
    hanna.get("/reseller/clients")
    before = written(database)
    texts = (
        *(amounts.COMMA_DOOR if door.thorough else amounts.FEW_COMMA),
        *amounts.TOO_MANY_DIGITS,
        *amounts.with_comma(amounts.TOO_FINE),
        *(("", "0", "0,00") if door.positive else ()),
    )
    for given in texts:
        said = knock(hanna, door, cast.berta, given, currency="EUR")
        assert {name: found for name, found in said.items() if len(found) != 1} == {}, given
    assert written(database) == before


@pytest.mark.parametrize(
    ("given", "credited"),
    [("12,50", 12_500_000), ("7", 7_000_000), ("0,000001", 1), ("999999999", 999_999_999_000_000)],
)
def test_a_comma_is_read_where_it_is_written(
    visit: Visit, database: Database, cast: Cast, given: str, credited: int
) -> None:
    hanna = visit(cast.hanna)
    before = balance(database, cast.berta)
    hanna.get("/reseller/clients")
    seen = hanna.post(
        f"/reseller/clients/{cast.berta.client_id}/payment",
        amount=given,
        description="Bar",
        key="a-key",
    )
    assert seen.status == 303
    assert balance(database, cast.berta) == before + credited


def test_what_a_form_begins_with_is_written_as_its_reader_writes_it(
    visit: Visit, cast: Cast
) -> None:
    for actor, firm, limit in ((cast.sam, cast.alice, "12.50"), (cast.hanna, cast.berta, "12,50")):
        browser = visit(actor)
        page = f"/reseller/clients/{firm.client_id}"
        browser.get(page)
        saved = browser.post(f"{page}/balance-management", management="SOFT", credit_limit=limit)
        shown = browser.follow(saved).value_of("balance-credit-limit")
        assert shown == limit
        again = browser.post(f"{page}/balance-management", management="SOFT", credit_limit=shown)
        assert again.status == 303


def knock(
    browser: Browser, door: Door, firm: Firm, given: str, *, currency: str
) -> dict[str, list[str]]:
    """The messages beside each amount of a form; what was typed is kept in it."""
    beside = {name: value.format(currency=currency) for name, value in door.beside.items()}
    sent = {name: given for name in door.names if given != "-1" or name not in door.signed}
    if not sent:
        return {}  # its amounts may all be below zero
    fields = {"key": uuid4().hex, **beside, **sent}
    named = {name.format(currency=currency): value for name, value in fields.items()}
    if door.by_address:
        seen = browser.get(f"{door.path(firm)}?{urlencode(named)}")
    else:
        seen = browser.post(door.path(firm), **named)
    if door.by_address and len(given) > limits.ADDRESS_BYTES_MAX:
        assert seen.status == 414  # said before any field is read
        return {}
    assert seen.status == 422, given
    said = {}
    for name in sent:
        input_id = door.ids.get(name, name.format(currency=currency))
        if "\n" not in given:
            assert unescape(seen.value_of(input_id)) == given
        said[name] = messages_beside(seen, input_id)
    return said


def messages_beside(seen: Seen, input_id: str) -> list[str]:
    about = re.search(rf'<div id="{input_id}-about">(.*?)</div>\s*</div>', seen.html, re.DOTALL)
    found = re.findall(r"<span>(.*?)</span></div>", about[0] if about else "", re.DOTALL)
    return [unescape(message) for message in found]


def written(database: Database) -> dict[str, int]:
    """How many rows each table has: whatever is done leaves one, be it only of the activity log."""
    with database.across_resellers() as everywhere:
        tables = everywhere.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                " AND relnamespace = 'public'::regnamespace"
            )
        ).all()
        return {
            table: everywhere.scalars(text(f"SELECT count(*) FROM {table}")).one()  # noqa: S608 - ours
            for table in tables
        }


def balance(database: Database, firm: Firm) -> int:
    with database.session(firm.reseller_id) as session:
        return money.balance(session, firm)


# What a portal's folder says of money: written by a point in every language.

KEYS = {
    "settings.low_balance_threshold": ('low_balance_threshold = "5"', "low_balance_threshold"),
    "package.markup_fixed": ('markup_fixed = "0.0025"', "markup_fixed"),
    "package.markup_percent": ('markup_percent = "20"', "markup_percent"),
    "package.addition_per_message": ('markup_percent = "20"', "addition_per_message"),
    "package.flat_fee": ('markup_percent = "20"', "flat_fee"),
    "package.monthly_fee": ('markup_percent = "20"', "monthly_fee"),
    "package.setup_fee": ('markup_percent = "20"', "setup_fee"),
    "package.rates": ('rates = { "491" = "0.03" }', "rates"),
}
MAY_BE_NEGATIVE = {"package.markup_fixed", "package.markup_percent"}


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_a_portals_folder(tmp_path: Path, key: str) -> None:
    line, name = KEYS[key]
    texts = [*amounts.POINT_DOOR, *amounts.TOO_MANY_DIGITS, *amounts.TOO_FINE, ""]
    for given in texts:
        if given == "-1" and key in MAY_BE_NEGATIVE:
            continue
        quoted = '"' + "".join(f"\\U{ord(character):08x}" for character in given) + '"'
        value = f'{{ "491" = {quoted} }}' if name == "rates" else quoted
        written = PORTAL.replace(line, f"{name} = {value}", 1)
        folder = portal_folder.write(tmp_path, portal=written)
        (said,) = refused(folder)
        assert name in said, given
        assert "is not an amount such as 12 or 0.045" in said or "has too many digits" in said
        assert len(said) < 200


@pytest.mark.parametrize("given", ["5", "5.5", "1e3", "nan", "inf", "-1", "true", "0x10", "1_000"])
def test_an_amount_without_quotes(tmp_path: Path, given: str) -> None:
    written = PORTAL.replace('"0.0025"', given, 1)
    (said,) = refused(portal_folder.write(tmp_path, portal=written))
    assert "markup_fixed" in said
    assert 'is to be written in quotes, as in "0.045"' in said


def test_a_price_of_a_list(tmp_path: Path) -> None:
    # A list is made by programs that pad columns: blanks about a price are not part of it.
    blank = [given for given in amounts.OF_NO_LANGUAGE if given != given.strip()]
    texts = {*amounts.POINT_DOOR, *amounts.TOO_MANY_DIGITS, *amounts.TOO_FINE} - {*blank, "-1"}
    for given in sorted(texts):
        quoted = '"' + given.replace('"', '""') + '"'
        rates = RATES.replace("0.009", quoted, 1)
        (said,) = refused(portal_folder.write(tmp_path, rates_csv=rates))
        assert said.startswith("rates.csv:2: "), given[:20]
        assert len(said) < 250


def refused(folder: Path) -> Sequence[str]:
    with pytest.raises(BadFolder) as bad:
        reading.read(folder)
    return str(bad.value).splitlines()


# Nothing is forgotten


def test_every_amount_of_every_form_is_tried_here(application: Flask) -> None:
    """But those of forms that are put together while running, which no module names."""
    found = {name for module in list(sys.modules) for name in amounts_of(module)}
    assert found <= {f"{door.form}.{name}" for door in DOORS for name in door.names}


def amounts_of(module: str) -> Iterator[str]:
    if not module.startswith("portal.web."):
        return
    for form in vars(sys.modules[module]).values():
        if isinstance(form, type) and issubclass(form, Form) and form.__module__ == module:
            for name in dir(form):
                field_class = getattr(getattr(form, name), "field_class", None)
                if isinstance(field_class, type) and issubclass(field_class, AmountField):
                    yield f"{form.__name__}.{name}"
