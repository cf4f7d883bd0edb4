"""What a sign-up form asks for: each field hidden, shown or required, as the reseller chose."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict


class SignUpField(StrEnum):
    """What can be asked beside the e-mail address and a password, in the order of the form."""

    FIRSTNAME = "firstname"
    LASTNAME = "lastname"
    COMPANY = "company"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    CITY = "city"
    STATE = "state"
    COUNTRY = "country"
    PHONE = "phone"
    TAX_ID = "tax_id"


class Asked(StrEnum):
    """How a field is asked for."""

    HIDDEN = "hidden"
    SHOWN = "shown"
    REQUIRED = "required"


USUAL: Final[Mapping[SignUpField, Asked]] = {
    SignUpField.FIRSTNAME: Asked.REQUIRED,
    SignUpField.LASTNAME: Asked.REQUIRED,
    SignUpField.COMPANY: Asked.SHOWN,
    SignUpField.ADDRESS: Asked.HIDDEN,
    SignUpField.POSTAL_CODE: Asked.HIDDEN,
    SignUpField.CITY: Asked.HIDDEN,
    SignUpField.STATE: Asked.HIDDEN,
    SignUpField.COUNTRY: Asked.REQUIRED,
    SignUpField.PHONE: Asked.SHOWN,
    SignUpField.TAX_ID: Asked.HIDDEN,
}
assert USUAL.keys() == set(SignUpField)


class SignUpRules(BaseModel):
    """Whether people may sign up by themselves, and what they are asked for."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    open: bool = True
    fields: dict[SignUpField, Asked] = {}
    """Those that were chosen; the others are as `USUAL` says."""

    def asked(self, field: SignUpField) -> Asked:
        """How this field is asked for."""
        return self.fields.get(field, USUAL[field])
