"""Fields: what they take, trim and refuse."""

from collections.abc import Iterator

import pytest
from babel.support import NullTranslations, Translations
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from portal.http.wiring import current
from portal.web.parts import forms
from portal.web.parts.forms import Form
from tests.http.asking import SUNNY


class Sample(Form):
    """One field of each kind."""

    class Meta:
        """Only the fields are tried."""

        csrf = False

    name = forms.text("Name", length_max=10, required=True)
    note = forms.text("Note", length_max=10)
    email = forms.email("E-mail")
    country = StringField("Country")
    phone = forms.phone("Telephone")


RIGHT = {"name": "Ada", "email": "ada@example.test", "country": "DE", "phone": ""}


@pytest.fixture(autouse=True)
def _asked(reading: Flask) -> Iterator[None]:
    with reading.test_request_context("/", base_url=SUNNY):
        g.tenant = current().tenants.find("sunny.localhost")
        yield


def filled_in(**values: str) -> Sample:
    form = Sample(MultiDict({**RIGHT, **values}))
    form.validate()
    return form


def test_what_is_right_is_taken() -> None:
    form = filled_in(name=" Ada \t Lovelace"[:12], note="")
    assert form.errors == {}
    assert form.name.data == "Ada Lovel"


@pytest.mark.parametrize(
    ("given_email", "valid"),
    [
        ("a@b.co", True),
        ("first.last+tag@sub.example-site.org", True),
        ("o'neil@example.test", True),
        ("x@xn--bcher-kva.example", True),
        ("a@b", False),
        ("a..b@c.test", False),
        ("@c.test", False),
        ("a@@c.test", False),
        ("a b@c.test", False),
        ("a@c.test;b@c.test", False),
        ('"a"@c.test', False),
        ("a@-c.test", False),
        ("a@c.test.", False),
        ("a@[127.0.0.1]", False),
        ("ä@c.test", False),
        ("a@c.t\u0435st", False),
        ("x" * 65 + "@c.test", False),
    ],
)
def test_an_address_is_exactly_one(given_email: str, valid: bool) -> None:
    assert ("email" not in filled_in(email=given_email).errors) is valid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0151 23456789", "+4915123456789"),
        ("+1 (202) 555-0143", "+12025550143"),
        ("1", None),
        ("call me", None),
        ("٠١٥١٢٣٤٥٦٧٨٩", None),
        ("+999 123456", None),
    ],
)
def test_a_telephone_number_is_kept_as_e164(typed: str, kept: str | None) -> None:
    form = filled_in(phone=typed)
    if kept is None:
        assert "phone" in form.errors
    else:
        assert (form.errors, form.phone.data) == ({}, kept)


def test_an_unknown_country_is_no_fault_of_ours() -> None:
    for country in ("", "XX", "\u202e", "d" * 99):
        assert "phone" in filled_in(phone="0151 23456789", country=country).errors


@given(st.text(max_size=30))
def test_one_line_is_legible_whatever_was_typed(typed: str) -> None:
    seen = forms.legible(typed)
    assert seen == forms.legible(seen)
    assert not any(each in seen for each in "\n\r\t\0\u202e\u2066\u200b\u2028")
    assert seen == seen.strip()


def test_countries_are_named_and_in_order() -> None:
    countries = forms.countries()
    names = [name for _, name in countries]
    assert ("DE", "Germany") in countries
    assert len(countries) > 200
    assert names.index("Åland Islands") < names.index("Germany")


def test_the_librarys_own_words_are_read_once(
    reading: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else every page with a form would open a file and parse it."""
    read, load = [], Translations.load

    def counted(folder: str, locales: list[str], domain: str) -> NullTranslations:
        read.extend([domain] if domain == "wtforms" else [])
        return load(folder, locales, domain)

    monkeypatch.setattr(Translations, "load", counted)
    for _ in range(2):
        with reading.test_request_context("/?lang=pl", base_url=SUNNY):
            g.tenant = current().tenants.find("sunny.localhost")
            form = Sample()
            said = form.meta.get_translations(form).gettext("Not a valid choice.")
            assert said == "Nieprawidłowy wybór"
    assert len(read) == 1
