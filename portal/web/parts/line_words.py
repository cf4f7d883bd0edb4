"""Lines of bank statements in the words of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import lazy_gettext

from portal.payments.bank import references, transfers
from portal.payments.bank.matching import Match
from portal.payments.bank.models import BankLine
from portal.payments.bank.statuses import Became, Fault, Fit, Kind, Unreadable

KINDS: Final[Mapping[Kind, str]] = {
    Kind.CREDIT: lazy_gettext("Money in"),
    Kind.DEBIT: lazy_gettext("Money out"),
    Kind.REVERSAL: lazy_gettext("Taken back by the bank"),
    Kind.PENDING: lazy_gettext("Announced, not booked yet"),
}
_BECAME: Final[Mapping[Became, str]] = {
    Became.OPEN: lazy_gettext("Waits for you"),
    Became.BOOKED: lazy_gettext("Credited"),
    Became.IGNORED: lazy_gettext("Ignored"),
    Became.SHOWN: lazy_gettext("Not credited"),
}
_LOOKS: Final = {
    Became.OPEN: ("warning", "clock"),
    Became.BOOKED: ("success", "check"),
    Became.IGNORED: ("exit", "ban"),
    Became.SHOWN: ("exit", "eye"),
}
_FITS: Final[Mapping[Fit, str]] = {
    Fit.REFERENCE: lazy_gettext("The reference fits."),
    Fit.OTHER_AMOUNT: lazy_gettext("The reference fits, the amount is another."),
    Fit.PAID_BEFORE: lazy_gettext(
        "The reference fits, but its deposit is credited already. Look whether this is a second"
        " transfer."
    ),
    Fit.AMOUNT_AND_NAME: lazy_gettext("The amount and the name fit. No reference was written."),
    Fit.AMOUNT: lazy_gettext("Only the amount fits."),
}
UNREADABLE: Final[Mapping[Unreadable, str]] = {
    Unreadable.EMPTY: lazy_gettext("The file is empty."),
    Unreadable.TOO_LARGE: lazy_gettext("The file is larger than 5 MB. Choose fewer days."),
    Unreadable.TOO_MANY_LINES: lazy_gettext(
        "The file has more than 5,000 lines. Choose fewer days."
    ),
    Unreadable.UNKNOWN: lazy_gettext("This is neither a CAMT.053 statement nor a CSV table."),
    Unreadable.OTHER_CAMT: lazy_gettext(
        "This is another kind of CAMT file. Choose CAMT.053, the bank statement."
    ),
    Unreadable.BROKEN: lazy_gettext("The file is damaged. Download it from your bank once more."),
    Unreadable.OTHER_ACCOUNT: lazy_gettext(
        "This is a statement of another account. Nothing was imported."
    ),
    Unreadable.NO_LINES: lazy_gettext("No line of it can be read."),
}
FAULTS: Final[Mapping[Fault, str]] = {
    Fault.DATE: lazy_gettext("the date cannot be read"),
    Fault.AMOUNT: lazy_gettext("the amount cannot be read"),
    Fault.CURRENCY: lazy_gettext("the currency is unknown"),
    Fault.DIRECTION: lazy_gettext("it does not say whether money came in or went out"),
}


@dataclass(frozen=True, kw_only=True)
class MatchShown:
    """Whose money a line may be, and why."""

    deposit_id: int
    payer_id: int
    """The client, or the reseller that pays the operator."""
    name: str
    number: int | None
    asked_micros: int
    reference: str
    why: str
    is_new_deposit: bool
    """Whether it would be credited as a further deposit of theirs."""
    is_by_hand: bool
    """Whether it is credited already, and only its line is missing."""


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """A line of a statement in words; amounts are millionths."""

    id: int
    booked_on: date
    amount_micros: int
    currency: str
    is_out: bool
    kind: str
    is_credit: bool
    name: str
    payer: str
    text: str
    became: str
    look: str
    icon: str
    is_open: bool
    is_booked: bool
    is_ignored: bool
    by_hand: bool
    deposit_id: int | None
    alike_id: int | None
    """The line of another file that seems to be the same."""
    matches: tuple[MatchShown, ...]


def shown(line: BankLine, matches: Sequence[Match] = ()) -> LineShown:
    """A line in words, with whose money it may be."""
    look, icon = _LOOKS[line.became]
    return LineShown(
        id=line.id,
        booked_on=line.booked_on,
        amount_micros=line.amount,
        currency=line.currency,
        is_out=line.kind in {Kind.DEBIT, Kind.REVERSAL},
        kind=str(KINDS[line.kind]),
        is_credit=line.kind is Kind.CREDIT,
        name=line.name,
        payer=line.payer,
        text=line.text,
        became=str(_BECAME[line.became]),
        look=look,
        icon=icon,
        is_open=line.became is Became.OPEN,
        is_booked=line.became is Became.BOOKED,
        is_ignored=line.became is Became.IGNORED,
        by_hand=line.by_hand,
        deposit_id=line.deposit_id,
        alike_id=line.alike_id,
        matches=tuple(map(_match, matches)),
    )


def _match(match: Match) -> MatchShown:
    return MatchShown(
        deposit_id=match.deposit.id,
        payer_id=match.deposit.client_id or match.deposit.payer_id or 0,
        name=match.name,
        number=match.number,
        asked_micros=match.deposit.amount,
        reference=references.spaced(match.deposit.reference or ""),
        why=str(_FITS[match.fit]),
        is_new_deposit=match.fit is Fit.PAID_BEFORE,
        is_by_hand=(match.deposit.payment_id or "").startswith(f"{transfers.BY_HAND} "),
    )
