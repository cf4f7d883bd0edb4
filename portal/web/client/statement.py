"""Every movement of a client's wallets, month by month, with the balance after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from flask import Response, url_for
from flask_babel import lazy_gettext
from wtforms import SelectChoice, SelectField

from portal.accounts import wallet
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.wallet import Wallet
from portal.http.actor import offers, requires
from portal.http.unit_of_work import session
from portal.ledger import statements, units
from portal.ledger.statements import Movement
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client, today_at
from portal.web.parts import downloads, months, paging, transfer_rows
from portal.web.parts.filters import Filters
from portal.web.parts.months import Month
from portal.web.parts.pages import page

_LINES_MAX: Final = 100_000
"""How many movements a file has at most; of a month with more, the latest."""

_LINES_AT_ONCE: Final = 1_000


class StatementFilters(Filters):
    """Which month, and of several wallets which one."""

    month = SelectField(lazy_gettext("Month"), default="")
    currency = SelectField(lazy_gettext("Wallet"), default="")

    def __init__(self, client: Client, wallets: list[Wallet]) -> None:
        super().__init__()
        this = months.month_of(today_at(client.time_zone))
        begun = client.activated_at or client.created_at
        first = months.month_of(begun.astimezone(ZoneInfo(client.time_zone)).date())
        self.month.choices = months.choices(months.latest(until=this, since=first))
        self.month.data = self.month.data or this.key
        self.currency.choices = [SelectChoice(each.currency) for each in wallets]
        if len(wallets) < 2:
            del self.currency
        else:
            self.currency.data = self.currency.data or wallets[0].currency


@dataclass(frozen=True)
class _Chosen:
    """A wallet in a month, and the client's time zone."""

    wallet: Wallet
    month: Month
    time_zone: str

    def movements(self, *, below_id: int | None, limit: int) -> list[Movement]:
        """What moved, latest first."""
        return statements.movements(
            session(),
            self.wallet.account_id,
            since=self.month.begins(self.time_zone),
            until=self.month.ends(self.time_zone),
            below_id=below_id,
            limit=limit,
        )


@blueprint.get("/statement")
@offers(Service.BALANCE)
@requires(Right.WALLET_READ)
def statement() -> Response:
    """What a wallet held when the month began, what moved, and what it held at its end."""
    client = own_client()
    wallets = wallet.wallets(session(), client)
    form = StatementFilters(client, wallets)
    chosen = _chosen(form, client, wallets)
    if chosen is None:
        return _nothing(form)
    found = chosen.movements(below_id=paging.below_id(), limit=paging.ASKED)
    shown = paging.cut(found, id_of=lambda movement: movement.transfer_id)
    held, currency, zone = chosen.wallet.account_id, chosen.wallet.currency, client.time_zone
    return page(
        "client/statement.html",
        rows=[transfer_rows.row(each, currency=currency) for each in shown.rows],
        form=form,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
        currency=currency,
        month=chosen.month.label,
        opening_micros=statements.balance_at(session(), held, chosen.month.begins(zone)),
        closing_micros=statements.balance_at(session(), held, chosen.month.ends(zone)),
        csv_url=url_for("client.statement_file", month=chosen.month.key, currency=currency),
    )


@blueprint.get("/statement.csv")
@offers(Service.BALANCE)
@requires(Right.WALLET_READ)
def statement_file() -> Response:
    """The movements of the month as a file, oldest first."""
    client = own_client()
    wallets = wallet.wallets(session(), client)
    form = StatementFilters(client, wallets)
    chosen = _chosen(form, client, wallets)
    if chosen is None:
        return _nothing(form)
    heads: list[str | Decimal] = ["date", "description", "amount", "balance", "currency"]
    zone, currency = ZoneInfo(client.time_zone), chosen.wallet.currency
    rows = [transfer_rows.row(each, currency=currency) for each in _all(chosen)]
    lines: list[list[str | Decimal]] = [
        [
            row.at.astimezone(zone).isoformat(timespec="seconds"),
            row.description,
            Decimal(units.decimal_string(row.amount_micros, currency)),
            Decimal(units.decimal_string(row.balance_micros, currency)),
            currency,
        ]
        for row in reversed(rows)
    ]
    return downloads.csv(f"statement-{chosen.month.key}-{currency}", [heads, *lines])


def _nothing(form: StatementFilters) -> Response:
    """The page without a wallet, or with what is wrong with the address."""
    status = 422 if form.errors else 200
    return page("client/statement.html", status, rows=[], form=form, prev_url=None, next_url=None)


def _chosen(form: StatementFilters, client: Client, wallets: list[Wallet]) -> _Chosen | None:
    """The wallet and the month of the form; None before there is a wallet, or for others."""
    if not form.validate() or not wallets:
        return None
    currency = form.currency.data if "currency" in form else wallets[0].currency
    found = next(each for each in wallets if each.currency == currency)
    return _Chosen(found, months.read(form.month.data), client.time_zone)


def _all(chosen: _Chosen) -> Iterator[Movement]:
    below_id: int | None = None
    for _ in range(_LINES_MAX // _LINES_AT_ONCE):
        found = chosen.movements(below_id=below_id, limit=_LINES_AT_ONCE)
        yield from found
        if len(found) < _LINES_AT_ONCE:
            return
        below_id = found[-1].transfer_id
