"""Whether a tax id can be one: its form and its check digits, without asking anybody."""

from __future__ import annotations

from typing import Final

import stdnum
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from portal.infra.errors import PortalError
from portal.invoicing.vat import EU

_GREECE: Final = {"GR": "EL"}
"""The letters before a VAT id are the country's code, but for this one."""


class TaxIdUnfit(PortalError):
    """A VAT id that cannot be one of its country."""

    code = "tax_id_unfit"


def letters_of(country: str) -> str:
    """What VAT ids of a country of the EU begin with."""
    return _GREECE.get(country, country)


def vat_id(number: str, *, country: str) -> str:
    """A VAT id of this country, as it is written on invoices; the letters may be left out.

    In the EU it comes back without blanks and with its letters. A country whose numbers nobody can
    check is believed.

    Raises:
        TaxIdUnfit: it cannot be one.
    """
    if country in EU:
        return _of_eu(number, country=country)
    module = stdnum.get_cc_module(country.lower(), "vat")
    if module is None:
        return number.strip()
    try:
        module.validate(number)
    except ValidationError:
        raise TaxIdUnfit(country) from None
    return number.strip()


def _of_eu(number: str, *, country: str) -> str:
    letters = letters_of(country)
    plain = "".join(each for each in number.upper() if each.isascii() and each.isalnum())
    if plain.startswith(country) and letters != country:
        plain = plain.removeprefix(country)
    whole = plain if plain.startswith(letters) else f"{letters}{plain}"
    try:
        found = str(eu_vat.validate(whole))
    except ValidationError:
        raise TaxIdUnfit(country) from None
    return found


def is_vat_id(number: str, *, country: str) -> bool:
    """Whether a client's tax id is a good VAT id of a country of the EU."""
    if country not in EU or not number:
        return False
    try:
        vat_id(number, country=country)
    except TaxIdUnfit:
        return False
    return True
