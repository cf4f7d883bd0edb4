"""The statement of a wallet for a month, as its client and staff see it: form, page and files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response
from flask_babel import gettext, lazy_gettext
from wtforms import SelectChoice, SelectField

from portal.accounts import receivables, wallet
from portal.accounts.models import Client
from portal.accounts.wallet import Wallet
from portal.http.unit_of_work import session
from portal.infra.months import Month
from portal.invoicing import printing, statement_papers
from portal.invoicing import statements as papers
from portal.invoicing.statement_models import StatementFile
from portal.invoicing.statement_papers import Which
from portal.ledger import statements, units
from portal.ledger.statements import Movement
from portal.web.parts import downloads, months, paging, transfer_rows
from portal.web.parts.filters import Filters

_LINES_MAX: Final = 100_000
"""How many movements a file has at most; of a month with more, the latest."""
_LINES_AT_ONCE: Final = 1_000
_HEADS: Final = ("date", "description", "amount", "balance", "currency")


class StatementFilters(Filters):
    """Which month, and of several wallets which one."""

    month = SelectField(lazy_gettext("Month"), default="")
    currency = SelectField(lazy_gettext("Wallet"), default="")

    def __init__(self, client: Client, wallets: list[Wallet]) -> None:
        super().__init__()
        this, first = papers.this_month(session()), papers.first_month(session(), client)
        self.month.choices = months.choices(months.latest(until=this, since=first))
        self.month.data = self.month.data or this.key
        self.currency.choices = [SelectChoice(each.currency) for each in wallets]
        if len(wallets) < 2:
            del self.currency
        else:
            self.currency.data = self.currency.data or wallets[0].currency


@dataclass(frozen=True)
class Chosen:
    """A wallet of a client in a month; both are those of the reseller's time zone."""

    client: Client
    wallet: Wallet
    month: Month
    time_zone: str

    @property
    def which(self) -> Which:
        """The paper of it."""
        return Which(client_id=self.client.id, month=self.month, currency=self.wallet.currency)

    @property
    def address(self) -> dict[str, Any]:
        """How addresses write it."""
        return {"month": self.month.key, "currency": self.wallet.currency}

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

    def owed(self) -> list[Movement]:
        """What came to be owed beside the wallet, and what was paid of it, latest first."""
        return receivables.movements(
            session(),
            self.client.id,
            unit=self.wallet.currency,
            since=self.month.begins(self.time_zone),
            until=self.month.ends(self.time_zone),
        )

    def edges(self) -> tuple[int, int]:
        """What the wallet held when the month began, and when it was over, or holds now."""
        held = self.wallet.account_id
        return (
            statements.balance_at(session(), held, self.month.begins(self.time_zone)),
            statements.balance_at(session(), held, self.month.ends(self.time_zone)),
        )


def asked(client: Client) -> tuple[StatementFilters, Chosen | None]:
    """What the address asks for; None before there is a wallet, or for what is none."""
    wallets = wallet.wallets(session(), client)
    form = StatementFilters(client, wallets)
    if not form.validate() or not wallets:
        return form, None
    currency = form.currency.data if "currency" in form else wallets[0].currency
    found = next(each for each in wallets if each.currency == currency)
    month, zone = months.read(form.month.data), papers.zone_of(session())
    return form, Chosen(client, found, month, zone)


def shown(chosen: Chosen) -> dict[str, Any]:
    """What the page shows of a month: a part of its movements, and what can be saved of it."""
    found = chosen.movements(below_id=paging.below_id(), limit=paging.ASKED)
    cut = paging.cut(found, id_of=lambda movement: movement.transfer_id)
    currency = chosen.wallet.currency
    opening, closing = chosen.edges()
    is_over = papers.is_over(session(), chosen.month)
    return {
        "rows": [transfer_rows.row(each, currency=currency) for each in cut.rows],
        "prev_url": cut.prev_url,
        "next_url": cut.next_url,
        "chosen": chosen.address,
        "currency": currency,
        "month": months.label(chosen.month),
        "time_zone": chosen.time_zone,
        "opening_micros": opening,
        "closing_micros": closing,
        "owed_micros": receivables.owed(session(), chosen.client.id).get(currency, 0),
        "owed_rows": [transfer_rows.row(each, currency=currency) for each in chosen.owed()],
        "has_pdf": is_over and statement_papers.is_there(session(), chosen.which),
        "can_have_pdf": is_over and printing.can_print(),
    }


def nothing() -> dict[str, Any]:
    """What the page shows without a wallet, or beside what is wrong with the address."""
    return {"rows": [], "prev_url": None, "next_url": None}


def csv(chosen: Chosen) -> Response:
    """What the wallet held, each movement, oldest first, and what it held at the end."""
    zone, currency = ZoneInfo(chosen.time_zone), chosen.wallet.currency
    opening, closing = chosen.edges()
    found = [*_all(chosen)]
    if len(found) == _LINES_MAX:
        opening = closing - sum(each.amount for each in found)
    lines: list[list[str | Decimal]] = [list(_HEADS)]
    month = months.label(chosen.month)
    lines.append(_edge(gettext("At the beginning of %(month)s", month=month), opening, currency))
    balance = opening
    for each in reversed(found):
        balance += each.amount
        row = transfer_rows.row(each, currency=currency)
        lines.append(
            [
                row.at.astimezone(zone).isoformat(timespec="seconds"),
                row.description,
                Decimal(units.decimal_string(each.amount, currency)),
                Decimal(units.decimal_string(balance, currency)),
                currency,
            ]
        )
    lines.append(_edge(gettext("At the end, or now"), closing, currency))
    return downloads.csv(f"statement-{chosen.month.key}-{currency}", lines)


def make(chosen: Chosen) -> None:
    """Have the paper made, and say so, or why not."""
    if not papers.is_over(session(), chosen.month):
        flash(gettext("The PDF can be made once the month is over."), "info")
    elif not printing.can_print():
        flash(gettext("No PDFs can be made here now. You can print the page instead."), "info")
    else:
        statement_papers.ask(session(), chosen.which)
        flash(gettext("The PDF is being made: open this page again in a few seconds."), "success")


def pdf(chosen: Chosen, kept: StatementFile) -> Response:
    """The paper, to be saved."""
    answer = make_response(kept.content)
    answer.content_type = "application/pdf"
    name = statement_papers.file_name(chosen.which)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _edge(text: str, balance: int, currency: str) -> list[str | Decimal]:
    return ["", text, "", Decimal(units.decimal_string(balance, currency)), currency]


def _all(chosen: Chosen) -> Iterator[Movement]:
    below_id: int | None = None
    for _ in range(_LINES_MAX // _LINES_AT_ONCE):
        found = chosen.movements(below_id=below_id, limit=_LINES_AT_ONCE)
        yield from found
        if len(found) < _LINES_AT_ONCE:
            return
        below_id = found[-1].transfer_id
