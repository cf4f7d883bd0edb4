"""Vouchers: codes that are worth money, once for each client until the last use."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import access, activity, keeping
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongStanding
from portal.accounts.statuses import MAY_SIGN_IN
from portal.billing.models import Voucher, VoucherUse
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.ledger import opening
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.pricing import currencies

# Without letters and digits that look alike, and without vowels, so that no code is a word.
ALPHABET = "BCDFGHJKMNPQRSTVWXZ23456789"
CHARACTERS = 12
_SHAPE = re.compile(r"[A-Z0-9]{6,40}", re.ASCII)
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")


@unique
class Fault(StrEnum):
    """Why a code is worth nothing: for staff, not for whoever tries codes."""

    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    USED_UP = "used_up"


class VoucherNotValid(PortalError):
    """The code is worth nothing. A client learns no more; `why` is for staff."""

    code = "voucher_not_valid"

    def __init__(self, why: Fault) -> None:
        super().__init__(f"the code is {why}")
        self.why = why


class VoucherUsedBefore(PortalError):
    """This client has had the money of this code."""

    code = "voucher_used_before"


class CodeTaken(PortalError):
    """Another voucher of the reseller's has this code."""

    code = "code_taken"


class CodeUnfit(PortalError):
    """A code is 6 to 40 letters from A to Z and digits; spaces and dashes do not count."""

    code = "code_unfit"


@dataclass(frozen=True)
class Listed:
    """A voucher and how often it was used."""

    voucher: Voucher
    used: int


@dataclass(frozen=True)
class Redeemed:
    """What a voucher brought, in millionths of the currency."""

    voucher_id: int
    transfer_id: int
    amount: int
    currency: str


def normalised(code: str) -> str:
    """A code as it is kept: large letters, without the spaces and dashes it is written with."""
    return _BETWEEN.sub("", code).upper()


def written(code: str) -> str:
    """A code as people read it, in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def create(
    session: ResellerSession,
    *,
    amount: int,
    currency: str,
    uses: int,
    expires_on: date | None,
    by: Actor,
    code: str = "",
    description: str = "",
) -> Voucher:
    """A voucher for so many clients, with this code or one that nobody guesses.

    `expires_on` is the last day on which it is taken, in the reseller's time zone; None is never.

    Raises:
        AmountNotPositive: the amount, or the number of uses, is zero or less.
        CodeUnfit: the code is too short, too long, or has other characters.
        CodeTaken: there is a voucher with this code, or there was.
    """
    keeping.positive(amount)
    keeping.positive(uses)
    kept = normalised(code) or "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))
    if not _SHAPE.fullmatch(kept):
        raise CodeUnfit(kept)
    voucher = Voucher(
        code=kept,
        amount=amount,
        currency=currency,
        description=description,
        uses_left=uses,
        expires_on=expires_on,
        created_at=clock.now(),
        person_id=by.person_id,
    )
    try:
        with session.begin_nested():
            session.add(voucher)
    except IntegrityError:
        raise CodeTaken(kept) from None
    _note(session, voucher, by=by, what="voucher.created")
    return voucher


def withdraw(session: ResellerSession, *, voucher_id: int, by: Actor) -> None:
    """Let nobody use a voucher any more; what it brought stays.

    Raises:
        NotFound: there is no such voucher.
    """
    voucher = session.get(Voucher, (session.reseller_id, voucher_id), with_for_update=True)
    if voucher is None:
        raise NotFound("voucher", voucher_id)
    if voucher.withdrawn_at is None:
        voucher.withdrawn_at = clock.now()
        _note(session, voucher, by=by, what="voucher.withdrawn")


def listed(session: ResellerSession) -> list[Listed]:
    """All vouchers, the newest first."""
    uses = dict(
        session.execute(
            select(VoucherUse.voucher_id, func.count()).group_by(VoucherUse.voucher_id)
        ).all()
    )
    vouchers = session.scalars(select(Voucher).order_by(Voucher.id.desc()))
    return [Listed(voucher, uses.get(voucher.id, 0)) for voucher in vouchers]


def redeem(
    session: ResellerSession, *, client_id: int, code: str, by: Actor, today: date
) -> Redeemed:
    """Credit a client with what a code is worth, once.

    `today` is the day in the reseller's time zone. A voucher in another currency that the client's
    packages price makes that wallet the active one, as a payment does.

    Raises:
        VoucherNotValid: the code is unknown, withdrawn, expired or used up.
        VoucherUsedBefore: this client has used it.
        CurrencyNotPriced: the client can do nothing with its currency.
        WrongStanding: the client is not let in.
        NotFound: there is no such client.
    """
    client = access.client_by_id(session, actor=by, client_id=client_id)
    if client.standing not in MAY_SIGN_IN:
        raise WrongStanding(client.standing)
    voucher = _held(session, code)
    use = session.get(VoucherUse, (session.reseller_id, voucher.id, client_id))
    if use is not None:
        raise VoucherUsedBefore
    fault = _fault(voucher, today=today)
    if fault is not None:
        raise VoucherNotValid(fault)
    client = keeping.client_paying_in(
        session,
        client_id,
        currency=voucher.currency,
        priced=currencies.priced(session, client_id=client_id, on=today),
    )
    transfer = Transfer(
        debit=opening.account(session, AccountCode.GIVEN, unit=voucher.currency),
        credit=keeping.open_for(session, client),
        unit=voucher.currency,
        amount=voucher.amount,
        code=TransferCode.VOUCHER,
        cause=ids.new(),
        actor=by.person_id,
        description=voucher.description or written(voucher.code),
    )
    keeping.deposit(session, client, transfer)
    voucher.uses_left -= 1
    session.add(
        VoucherUse(
            voucher_id=voucher.id,
            client_id=client_id,
            transfer_id=transfer.id,
            used_at=clock.now(),
        )
    )
    session.flush()
    _note(session, voucher, by=by, what="voucher.redeemed", client_id=client_id)
    return Redeemed(voucher.id, transfer.id, voucher.amount, voucher.currency)


def _held(session: ResellerSession, code: str) -> Voucher:
    """The voucher, held, so that its uses are counted one by one; before any wallet."""
    voucher = session.scalars(
        select(Voucher)
        .where(Voucher.code == normalised(code))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if voucher is None:
        raise VoucherNotValid(Fault.UNKNOWN)
    return voucher


def _fault(voucher: Voucher, *, today: date) -> Fault | None:
    if voucher.withdrawn_at is not None:
        return Fault.WITHDRAWN
    if voucher.expires_on is not None and voucher.expires_on < today:
        return Fault.EXPIRED
    return Fault.USED_UP if voucher.uses_left <= 0 else None


def _note(
    session: ResellerSession,
    voucher: Voucher,
    *,
    by: Actor,
    what: str,
    client_id: int | None = None,
) -> None:
    activity.record(
        session,
        by=by,
        what=what,
        client_id=client_id,
        about_id=voucher.id,
        amount=voucher.amount,
        currency=voucher.currency,
        description=voucher.description,
    )
