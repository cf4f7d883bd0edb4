"""What the list of clients can be narrowed by: in the address, so that a link opens the same."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import request
from flask_babel import lazy_gettext
from wtforms import BooleanField, DateField, Field, SelectChoice, SelectField
from wtforms.validators import Length, Optional

from portal.accounts.client_list import ClientFilter, Order
from portal.accounts.statuses import Standing
from portal.pricing.models import Package
from portal.web.parts.filters import STANDINGS, Filters, beginning_of
from portal.web.parts.forms import countries, text
from portal.web.reseller.package_fields import SignedAmountField

_PAGING = frozenset({"below", "trail"})


class ClientFilters(Filters):
    """Which clients; all that is chosen has to be so."""

    q = text(lazy_gettext("Anything you know of them"), length_max=100)
    status = SelectField(lazy_gettext("Status"), choices=STANDINGS, default="")
    order = SelectField(
        lazy_gettext("Order"),
        choices=[
            SelectChoice(Order.NEWEST.value, lazy_gettext("Newest first")),
            SelectChoice(Order.NAME.value, lazy_gettext("By name")),
            SelectChoice(Order.AWAY.value, lazy_gettext("Longest away first")),
        ],
        default=Order.NEWEST.value,
    )
    package = SelectField(lazy_gettext("Package"), default="")
    country = SelectField(lazy_gettext("Country"), default="")
    balance_below = SignedAmountField(lazy_gettext("Balance below"), [Optional(), Length(max=20)])
    away_since = DateField(lazy_gettext("Not here since"), [Optional()])
    debt = BooleanField(lazy_gettext("In debt"))

    def __init__(self, packages: Sequence[Package], *, time_zone: str) -> None:
        super().__init__()
        self._time_zone = time_zone
        every = SelectChoice("", lazy_gettext("All"))
        self.package.choices = [
            every, *(SelectChoice(str(each.id), each.name) for each in packages)
        ]  # fmt: skip
        self.country.choices = [every, *(SelectChoice(*each) for each in countries())]

    @property
    def narrows(self) -> bool:
        """Whether not all clients are shown."""
        return any(field.data for field in self if field.name != "order")

    @property
    def narrows_further(self) -> bool:
        """Whether a filter is set that stands under the first ones."""
        return any(field.data for field in self.further)

    @property
    def further(self) -> list[Field]:
        """The filters that are seldom used."""
        return [self.package, self.country, self.balance_below, self.away_since, self.debt]

    def chosen(self) -> ClientFilter:
        """What was chosen; the day is one of the reseller's time zone."""
        return ClientFilter(
            text=self.q.data or "",
            standing=Standing(self.status.data) if self.status.data else None,
            package_id=int(self.package.data) if self.package.data else None,
            country=self.country.data or "",
            below=self.balance_below.micros,
            not_since=beginning_of(self.away_since.data, self._time_zone),
            in_debt=self.debt.data,
        )


def query() -> str:
    """What the list is narrowed by, for addresses that keep it; begins with `?` if there is any."""
    kept = [each for each in request.args.items(multi=True) if each[0] not in _PAGING and each[1]]
    return f"?{urlencode(kept)}" if kept else ""
