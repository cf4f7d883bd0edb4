"""The form for a key: what it is for, what it may do, from where, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, SelectChoice, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from portal.accounts import api_keys, networks
from portal.accounts.networks import NETWORKS_MAX, NetworkInvalid, TooManyNetworks
from portal.accounts.roles import Audience, Right
from portal.http.language import time_zone
from portal.infra import clock
from portal.web.parts import forms
from portal.web.parts.forms import Form, trimmed
from portal.web.parts.role_words import ELSEWHERE, WORDS

ALL: Final = ""

OFFERED: Final[Mapping[Audience, tuple[Right, ...]]] = {
    Audience.CLIENT: (
        Right.MESSAGES_SEND,
        Right.MESSAGES_READ,
        Right.WALLET_READ,
        Right.PRICES_READ,
    ),
    Audience.RESELLER: (Right.MESSAGES_READ, Right.MONEY_POST, Right.LOGIN_LINKS_MAKE),
    Audience.OPERATOR: (Right.LEDGER_READ,),
}
"""What programs can be allowed: the rights that an operation of the interface asks for."""


class NetworksField(TextAreaField):
    """Addresses and networks, one a line; `networks` has each once, in one form."""

    networks: tuple[str, ...] = ()

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, and name the first that is none.

        Raises:
            ValidationError: for it, or for too many.
        """
        try:
            self.networks = tuple(networks.read((self.data or "").splitlines()))
        except NetworkInvalid as wrong:
            raise ValidationError(_mend(wrong)) from None
        except TooManyNetworks:
            raise ValidationError(
                gettext("%(most)s addresses are the most.", most=NETWORKS_MAX)
            ) from None


class KeyForm(Form):
    """A key for a program."""

    name = forms.text(lazy_gettext("Name"), length_max=api_keys.NAME_LENGTH_MAX, required=True)
    scopes = SelectMultipleField(
        lazy_gettext("What it may do"),
        [InputRequired(lazy_gettext("Tick at least one."))],
        option_widget=CheckboxInput(),
    )
    sub_account = SelectField(lazy_gettext("Sub-account"), default=ALL)
    networks = NetworksField(
        lazy_gettext("Only from these addresses"),
        [Optional(), Length(max=2_000)],
        filters=[trimmed],
        description=lazy_gettext(
            "One a line, as in 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32. Empty: from anywhere."
        ),
    )
    expires_on = DateField(
        lazy_gettext("Good until"),
        [Optional()],
        description=lazy_gettext("The last day on which it is taken. Empty: until it is revoked."),
    )

    def __init__(
        self, audience: Audience, sub_accounts: Mapping[int, str], *, rights: frozenset[Right],
        **data: Any,
    ) -> None:  # fmt: skip
        super().__init__(**data)
        self.name.description = lazy_gettext("What the key is for, as in: our shop.")
        self.scopes.choices = [
            SelectChoice(right.value, str(ELSEWHERE.get((audience, right), WORDS[right])))
            for right in OFFERED[audience]
            if right in rights
        ]
        if sub_accounts:
            every = SelectChoice(ALL, gettext("All of them"))
            named = [SelectChoice(str(each), name) for each, name in sub_accounts.items()]
            self.sub_account.choices = [every, *named]
        else:
            del self.sub_account

    def validate_expires_on(self, field: DateField) -> None:
        """Refuse a day that is over.

        Raises:
            ValidationError: it is, or it is further away than anybody means.
        """
        until = self.expires_at
        if until is None:
            return
        if until <= clock.now():
            raise ValidationError(gettext("This day is over. Choose today or a later one."))
        if field.data.year > clock.now().year + _YEARS_MAX:
            raise ValidationError(gettext("Choose a day within %(n)s years.", n=_YEARS_MAX))

    @property
    def chosen(self) -> frozenset[Right]:
        """The rights that were ticked."""
        return frozenset(Right(each) for each in self.scopes.data or ())

    @property
    def sub_account_id(self) -> int | None:
        """The one sub-account that it is for; None is all of them."""
        chosen = self.sub_account.data if "sub_account" in self else ALL
        return int(chosen) if chosen else None

    @property
    def expires_at(self) -> datetime | None:
        """The end of the last day, where the reader is."""
        day = self.expires_on.data
        if day is None:
            return None
        if day.year > clock.now().year + _YEARS_MAX:
            return datetime.max.replace(tzinfo=ZoneInfo("UTC"))
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone()))


_YEARS_MAX: Final = 20


def _mend(wrong: NetworkInvalid) -> str:
    if wrong.nearest:
        return str(
            gettext(
                "%(given)s is no network. Do you mean %(nearest)s?",
                given=wrong.given,
                nearest=wrong.nearest,
            )
        )
    return str(
        gettext(
            "%(given)s is no address and no network, as in 192.0.2.7 or 192.0.2.0/24.",
            given=wrong.given,
        )
    )
