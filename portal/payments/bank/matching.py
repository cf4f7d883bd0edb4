"""Whose money a statement's line may be: by its reference, else by amount and name as a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from portal.accounts.models import Client
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.payments.bank import references, transfers
from portal.payments.bank.models import BankLine
from portal.payments.bank.statuses import Became, Fit
from portal.payments.models import Deposit
from portal.payments.statuses import State

_GUESSES_MAX: Final = 3
_LOOKED_AT_MAX: Final = 1_000
_CONFIRMED_LATELY: Final = timedelta(days=60)
_NAME_LENGTH_MIN: Final = 4
"""Shorter words, as “and” and “Ltd”, say nothing of who somebody is."""
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class Match:
    """A deposit that a line may have paid, who has begun it, and why.

    On the operator's account that is a reseller, which has no number in the operator's books.
    """

    deposit: Deposit
    name: str
    number: int | None
    fit: Fit


def sure(session: ResellerSession, lines: Sequence[BankLine]) -> dict[int, Deposit]:
    """By line, the deposit that it pays beyond doubt.

    That is the only one whose reference it names, asked for in this amount and currency and not
    paid before; or confirmed by hand in this amount, and without a line so far.
    """
    named = _named(session, lines)
    with_line = _with_line(session, [each for found in named.values() for each in found])
    sure: dict[int, Deposit] = {}
    for line in lines:
        found = named.get(line.id, [])
        if len(found) != 1 or found[0] in sure.values():
            continue
        if _fit(found[0], line, with_line) is Fit.REFERENCE:
            sure[line.id] = found[0]
    return sure


def suggestions(session: ResellerSession, lines: Sequence[BankLine]) -> dict[int, list[Match]]:
    """By line, whose money it may be, the surest first; for staff to decide."""
    named = _named(session, lines)
    others = _of_these_amounts(session, [each for each in lines if each.id not in named])
    every = {each.id: each for found in (*named.values(), others) for each in found}
    with_line = _with_line(session, every.values())
    clients = {
        each.id: each
        for each in session.scalars(
            select(Client).where(Client.id.in_({each.client_id for each in every.values()}))
        )
    }
    found: dict[int, list[Match]] = {}
    for line in lines:
        if line.id in named:
            found[line.id] = [
                _match(each, clients, fit)
                for each in named[line.id]
                if (fit := _fit(each, line, with_line)) is not None
            ]
        else:
            guesses = [
                _match(each, clients, _guess(_called(each, clients), line))
                for each in others
                if (each.amount, each.currency) == (line.amount, line.currency)
                and each.id not in with_line
            ]
            guesses.sort(key=lambda each: each.fit is not Fit.AMOUNT_AND_NAME)
            found[line.id] = guesses[:_GUESSES_MAX]
    return found


def _match(deposit: Deposit, clients: Mapping[int, Client], fit: Fit) -> Match:
    client = None if deposit.client_id is None else clients[deposit.client_id]
    return Match(
        deposit=deposit,
        name=deposit.payer_name if client is None else client.name,
        number=None if client is None else client.number,
        fit=fit,
    )


def _called(deposit: Deposit, clients: Mapping[int, Client]) -> str:
    """All names of whoever has begun a deposit."""
    if deposit.client_id is None:
        return deposit.payer_name
    client = clients[deposit.client_id]
    return f"{client.company} {client.firstname} {client.lastname}"


def _fit(deposit: Deposit, line: BankLine, with_line: set[int]) -> Fit | None:
    """How a deposit fits whose reference a line names; None where the currency is another."""
    if deposit.currency != line.currency:
        return None
    is_waiting = deposit.state in {State.PENDING, State.ABANDONED}
    if is_waiting:
        return Fit.REFERENCE if deposit.amount == line.amount else Fit.OTHER_AMOUNT
    by_hand = (deposit.payment_id or "").startswith(f"{transfers.BY_HAND} ")
    if by_hand and deposit.id not in with_line and deposit.amount == line.amount:
        return Fit.REFERENCE
    return Fit.PAID_BEFORE


def _named(session: ResellerSession, lines: Sequence[BankLine]) -> dict[int, list[Deposit]]:
    """By line, the deposits whose references it names."""
    written = {each.id: references.found_in(each.text) for each in lines}
    wanted = {reference for found in written.values() for reference in found}
    by_reference = {
        each.reference: each for each in _deposits(session, Deposit.reference.in_(wanted))
    }
    found = {
        line_id: [by_reference[each] for each in wished if each in by_reference]
        for line_id, wished in written.items()
    }
    return {line_id: deposits for line_id, deposits in found.items() if deposits}


def _of_these_amounts(session: ResellerSession, lines: Sequence[BankLine]) -> list[Deposit]:
    """What waits for one of these amounts, or was lately confirmed by hand."""
    amounts = {each.amount for each in lines}
    return _deposits(
        session,
        Deposit.amount.in_(amounts),
        or_(
            Deposit.state == State.PENDING,
            Deposit.payment_id.startswith(f"{transfers.BY_HAND} ")
            & (Deposit.paid_at > clock.now() - _CONFIRMED_LATELY),
        ),
    )


def _deposits(session: ResellerSession, *where: ColumnElement[bool]) -> list[Deposit]:
    return list(
        session.scalars(
            select(Deposit)
            .where(Deposit.waits_until.is_not(None), *where)
            .order_by(Deposit.id)
            .limit(_LOOKED_AT_MAX)
        )
    )


def _with_line(session: ResellerSession, found: Iterable[Deposit]) -> set[int]:
    """Which of these deposits a line has paid."""
    return set(
        session.scalars(
            select(BankLine.deposit_id).where(
                BankLine.deposit_id.in_({each.id for each in found}),
                BankLine.became == Became.BOOKED,
            )
        )
    ) - {None}  # type: ignore[return-value]  # a line that is booked has its deposit


def _guess(called: str, line: BankLine) -> Fit:
    is_named = bool(_words(called) & _words(f"{line.name} {line.text}"))
    return Fit.AMOUNT_AND_NAME if is_named else Fit.AMOUNT


def _words(text: str) -> set[str]:
    """The words of a name without case and accents, since banks drop both."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(each for each in plain if not unicodedata.combining(each))
    return {each for each in _WORD.findall(bare) if len(each) >= _NAME_LENGTH_MIN}
