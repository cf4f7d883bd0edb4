"""A package's own rates: looked at, changed one by one, exported, and imported after a preview."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.http import limits
from portal.infra import clock, sheets
from portal.pricing import packages, price_lists, rate_lists
from portal.pricing.rate_lists import ListName
from portal.pricing.rating import Rate
from tests.cast import LONG_AGO, SUNNY


@pytest.fixture
def package_id(database):
    with database.session(SUNNY) as session:
        return packages.listed(session)[0].id


@pytest.fixture
def path(package_id):
    return f"/reseller/packages/{package_id}/rates"


@pytest.fixture
def rates_now(database, package_id):
    """What the own list of Starter says."""

    def read():
        with database.session(SUNNY) as session:
            name = ListName(currency="USD", package_id=package_id)
            return {(rate.prefix, rate.price) for rate in rate_lists.rates(session, name)}

    return read


def file(text, name="rates.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return io.BytesIO(data), name


def chosen(sam, path, text, *, decimals="point"):
    """The preview of a sheet."""
    sam.get(f"{path}/import")
    return sam.follow(sam.post(f"{path}/import", sheet=file(text), decimals=decimals))


def test_who_may_not_change_prices_only_looks(visit, cast, database, path):
    with database.session(SUNNY) as session, session.begin():
        person = session.get(Person, (SUNNY, cast.sam.person_id))
        person.role = Role.STAFF_READER.value
    sam = visit(cast.sam)
    seen = sam.get(path)
    assert (seen.status, "Import" in seen.text, "Change" in seen.text) == (200, False, False)
    assert sam.get(f"{path}/export").status == 200
    for act in ("/edit", "/import"):
        assert sam.get(f"{path}{act}").status == 403
        assert sam.post(f"{path}{act}").status == 403
    assert visit(cast.alice.owner).get(path).status == 404


def test_the_list_says_what_holds_and_what_is_below_cost(visit, cast, path):
    seen = visit(cast.sam).get(path)
    assert seen.status == 200
    assert "Own rates of “Starter”" in seen.text
    assert "Germany +491 $0.03 below cost" in seen.text
    assert "One destination is sold below cost." in seen.text


@pytest.mark.parametrize("asked", ["49", "+49 151", "4915112345678", "germ", "de", "Germany"])
def test_a_rate_is_found_by_prefix_number_and_country(visit, cast, path, asked):
    assert visit(cast.sam).get(f"{path}?q={asked.replace('+', '%2B')}").rows() == 1


@pytest.mark.parametrize("asked", ["48", "france", "g", "+", "%25", "1" * 60])
def test_what_is_not_there_is_not_found(visit, cast, path, asked):
    seen = visit(cast.sam).get(f"{path}?q={asked.replace('+', '%2B')}")
    assert (seen.status, seen.rows()) == (200, 0)
    assert "Nothing found" in seen.text


@pytest.mark.parametrize("asked", ["q=" + "x" * 61, "currency=XXX"])
def test_a_search_that_is_none_is_said(visit, cast, path, asked):
    assert visit(cast.sam).get(f"{path}?{asked}").status == 422


def test_a_currency_without_rates_is_an_empty_list(visit, cast, path):
    seen = visit(cast.sam).get(f"{path}?currency=EUR&route=premium")
    assert (seen.status, "No own rates" in seen.text) == (200, True)


def test_a_long_list_has_pages(visit, cast, database, package_id, path):
    with database.session(SUNNY) as session, session.begin():
        rates = [Rate(str(prefix), 10**6, LONG_AGO) for prefix in range(2000, 2120)]
        price_lists.set_rates(session, rates, currency="USD", package_id=package_id)
    sam = visit(cast.sam)
    first = sam.get(path)
    assert (first.rows(), "Page 1 of 3" in first.text) == (50, True)
    assert sam.get(sam.get(first.link("next")).link("next")).rows() == 21


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"prefix": "0049"}, "“0049” is no prefix"),
        ({"prefix": "4" * 16}, "more than 15 digits"),
        ({"prefix": ""}, "Please fill this in"),
        ({"price": "1,5"}, "Write the amount with digits and a point"),
        ({"price": "-1"}, "Write the amount with digits and a point"),
        ({"price": ""}, "Write a price or tick that the rate ends, not both."),
        ({"ends": "y"}, "Write a price or tick that the rate ends, not both."),
        ({"valid_from": "soon"}, "Not a valid date value"),
        ({"valid_from": ""}, "Please fill this in"),
    ],
)
def test_a_rate_that_is_none_is_refused(visit, cast, path, fields, said):
    sam = visit(cast.sam)
    sam.get(f"{path}/edit")
    asked = {"prefix": "49", "price": "1.5", "valid_from": "2027-01-01", **fields}
    seen = sam.post(f"{path}/edit", **asked)
    assert (seen.status, said in seen.text) == (422, True), seen.text
    assert sam.get(path).rows() == 1


def test_one_rate_is_added_changed_and_ended(visit, cast, path, rates_now):
    sam = visit(cast.sam)
    form = sam.get(f"{path}/edit")
    today = form.value_of("valid_from")
    assert form.value_of("prefix") == ""
    seen = sam.follow(sam.post(f"{path}/edit", prefix="+48", price="0.5", valid_from=today))
    assert "The rate is saved." in seen.text
    assert "Poland +48 $0.50" in seen.text
    form = sam.get(f"{path}/edit?prefix=48")
    assert "Rate for Poland +48" in form.text
    assert (form.value_of("price"), form.value_of("valid_from")) == ("0.50", today)
    later = (clock.now().date() + timedelta(30)).isoformat()
    sam.post(f"{path}/edit?prefix=48", prefix="48", price="", ends="y", valid_from=later)
    assert "ends on" in sam.get(path).text
    assert "To come" in sam.get(f"{path}/edit?prefix=48").text
    assert {("48", 500_000), ("48", None)} <= rates_now()
    assert "changed a package's own rates" in sam.get("/reseller/activity").text


def test_a_rate_below_cost_is_warned_of(visit, cast, path):
    sam = visit(cast.sam)
    sam.get(f"{path}/edit")
    seen = sam.follow(sam.post(f"{path}/edit", prefix="1", price="0.001", valid_from="2026-01-01"))
    assert "“Starter” sells below cost now: +1" in seen.text


def test_an_export_says_the_same_when_it_is_imported(visit, cast, path, app, database):
    sam = visit(cast.sam)
    for kind, begin in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        answer = sam._client.get(f"{path}/export?format={kind}", base_url=sam._base)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="rates-USD')
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.data.startswith(begin)
        seen = chosen(sam, path, answer.data)
        assert "there is nothing to import" in seen.text
    assert sam._client.get(f"{path}/export?format=exe", base_url=sam._base).status_code == 200


def test_german_numbers_are_exported_with_a_comma(visit, cast, path):
    sam = visit(cast.sam)
    answer = sam._client.get(f"{path}/export?lang=de", base_url=sam._base)
    assert '"491","0,03","2020-01-01","Deutschland +491"' in answer.text
    assert re.search(r'<input checked [^>]*value="comma"', sam.get(f"{path}/import").html)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file is empty."),
        (b"\xff\xfe", "The text is not in UTF-8"),
        (b"PK\x03\x04", "This is neither CSV nor XLSX"),
        ("prefix,price\n" + "1" * 300, "A cell in line 2 is longer than 200 letters."),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(visit, cast, path, text, said):
    sam = visit(cast.sam)
    sam.get(f"{path}/import")
    seen = sam.post(f"{path}/import", sheet=file(text), decimals="point")
    assert (seen.status, said in seen.text) == (422, True), seen.text


def test_a_form_without_a_file_or_choice_is_refused(visit, cast, path):
    sam = visit(cast.sam)
    sam.get(f"{path}/import")
    assert sam.post(f"{path}/import", decimals="point").status == 422
    assert sam.post(f"{path}/import", sheet=file("x"), decimals="perhaps").status == 422


def test_how_large_a_file_may_be(visit, cast, path, monkeypatch):
    """With limits that are a thousandth of the real ones."""
    assert limits.BODY_BYTES_MAX < sheets.BYTES_MAX < limits.UPLOAD_BYTES_MAX
    monkeypatch.setattr(sheets, "BYTES_MAX", 5_000)
    monkeypatch.setattr(limits, "UPLOAD_BYTES_MAX", 6_000)
    monkeypatch.setattr(limits, "SENT_BYTES_MAX", 8_000)
    sam = visit(cast.sam)
    monkeypatch.setitem(sam._client.application.config, "MAX_CONTENT_LENGTH", 1_000)
    sam.get(f"{path}/import")
    line = b"48,0.5\n"
    well = b"prefix,price\n" + b"\n" * 4_000 + line
    assert sam.post(f"{path}/import", sheet=file(well), decimals="point").status == 303
    large = sam.post(f"{path}/import", sheet=file(b"\n" * 5_000 + line), decimals="point")
    assert (large.status, "The file is larger than 5 MB." in large.text) == (422, True)
    larger = sam.post(f"{path}/import", sheet=file(b"\n" * 6_500 + line), decimals="point")
    assert (larger.status, "The file is larger than 5 MB." in larger.text) == (422, True)
    too_large = b"\n" * 8_000 + line
    led_back = sam.post(f"{path}/import", sheet=file(too_large), decimals="point")
    assert (led_back.status, led_back.location) == (303, f"{path}/import")
    assert "so nothing was kept." in sam.follow(led_back).text
    assert sam.post(f"{path}/edit", sheet=file(well)).status == 413


def test_a_preview_changes_nothing_and_says_everything(visit, cast, path, rates_now):
    before = rates_now()
    sam = visit(cast.sam)
    seen = chosen(sam, path, "prefix,price,valid_from\n491,0.06,2099-01-01\n1,0.001,\n48,1,\n7,,\n")
    assert seen.status == 200
    assert "2 Added 1 Raised 0 Lowered 0 Ended 1 Unchanged" in seen.text.replace("\xa0", " ")
    assert "Germany +491 Raised +100% $0.03 $0.06 Jan 1, 2099" in seen.text
    assert "United States +1 Added – $0.001" in seen.text
    assert "“Starter” would sell one more destination below cost." in seen.text
    assert "United States +1 $0.009 $0.001 new" in seen.text
    assert rates_now() == before


def test_a_preview_is_imported_as_it_was_shown(visit, cast, path, rates_now):
    sam = visit(cast.sam)
    sam.get(f"{path}/import")
    draft = sam.post(
        f"{path}/import", sheet=file("prefix;price\n48;0,5\n"), decimals="comma"
    ).location
    shown = sam.get(draft)
    done = sam.follow(sam.post(draft, version=shown.value_of("version")))
    assert "One rate is imported." in done.text
    assert ("48", 500_000) in rates_now()
    again = sam.follow(sam.post(draft, version=shown.value_of("version")))
    assert "This sheet has been imported already." in again.text
    assert sam.get(draft).status == 303


def test_faulty_rows_are_reported_and_left_out_only_aloud(visit, cast, path, rates_now):
    sam = visit(cast.sam)
    sam.get(f"{path}/import")
    text = "prefix,price\n48,0.5\n0,1\n7,1e3\n"
    draft = sam.post(f"{path}/import", sheet=file(text), decimals="point").location
    shown = sam.get(draft)
    assert "2 faults were found in the file" in shown.text
    assert "3 prefix “0” is no prefix: write digits" in shown.text
    assert "4 price “1e3” has an exponent: write all digits" in shown.text
    version = shown.value_of("version")
    refused = sam.post(draft, version=version)
    assert (refused.status, "Some rows are faulty." in refused.text) == (422, True)
    assert ("48", 500_000) not in rates_now()
    sam.follow(sam.post(draft, version=version, good_rows="y"))
    assert ("48", 500_000) in rates_now()


def test_a_sheet_without_a_good_row_cannot_be_imported(visit, cast, path):
    seen = chosen(visit(cast.sam), path, "prefix,prize\n48,0.5\n")
    assert "There is no good row in the file." in seen.text
    assert "“prize” is no column of a price list." in seen.text
    assert 'name="version"' not in seen.html


def test_a_list_that_changed_is_compared_again(visit, cast, database, package_id, rates_now):
    path = f"/reseller/packages/{package_id}/rates"
    sam = visit(cast.sam)
    sam.get(f"{path}/import")
    draft = sam.post(
        f"{path}/import", sheet=file("prefix,price\n48,0.5\n"), decimals="point"
    ).location
    version = sam.get(draft).value_of("version")
    with database.session(SUNNY) as session, session.begin():
        price_lists.set_rates(
            session, [Rate("48", 250_000, LONG_AGO)], currency="USD", package_id=package_id
        )
    seen = sam.post(draft, version=version)
    assert seen.status == 422
    assert "The list has changed since you looked." in seen.text
    assert "Poland +48 Raised +100% $0.25 $0.50" in seen.text
    sam.follow(sam.post(draft, version=seen.value_of("version")))
    assert ("48", 500_000) in rates_now()


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 20, "٣"])
def test_a_version_that_is_none_imports_nothing(visit, cast, path, rates_now, version):
    before = rates_now()
    sam = visit(cast.sam)
    sam.get(f"{path}/import")
    draft = sam.post(
        f"{path}/import", sheet=file("prefix,price\n48,0.5\n"), decimals="point"
    ).location
    assert sam.post(draft, version=version).status == 422
    assert rates_now() == before


def test_a_preview_has_pages_and_kinds(visit, cast, path):
    sam = visit(cast.sam)
    lines = "".join(f"{prefix},1\n" for prefix in range(2000, 2060))
    bad = "".join("0,1\n" for _ in range(60))
    sam.get(f"{path}/import")
    draft = sam.post(
        f"{path}/import", sheet=file(f"prefix,price\n{lines}{bad}"), decimals="point"
    ).location
    assert sam.get(draft).rows() == 50 + 50 + 1
    assert sam.get(f"{draft}&page=2&fault_page=2").rows() == 10 + 10 + 1
    assert sam.get(f"{draft}&kind=added&page=2").rows() == 10 + 50 + 1
    raised = sam.get(f"{draft}&kind=raised")
    assert (raised.rows(), "There is no line of this kind" in raised.text) == (51, True)
    assert sam.get(f"{draft}&kind=nonsense").rows() == 101


def test_what_a_sheet_says_is_not_read_as_html(visit, cast, path):
    seen = chosen(visit(cast.sam), path, "prefix,price\n<b>1</b>,<script>\n")
    assert "<script>" not in seen.html.replace("<script ", "")
    assert "“<b>1</b>” is no prefix" in seen.text
