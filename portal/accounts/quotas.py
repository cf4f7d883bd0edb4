"""Sub-accounts that are prepaid in messages, counted in parts, instead of money."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from sqlalchemy import select

from portal.accounts import access, activity, keeping
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive, MovedToItself
from portal.accounts.models import Client, SubAccount
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.ledger import opening, posting, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.ledger.units import PARTS


@unique
class Mode(StrEnum):
    """What a sub-account pays with."""

    MONEY = "money"
    PREPAID = "prepaid"
    UNLIMITED = "unlimited"


@dataclass(frozen=True)
class NewQuota:
    """How many parts a sub-account has after a change, and had before."""

    sub_account_id: int
    name: str
    before: int
    parts: int


class NotPrepaid(PortalError):
    """Only a sub-account that is prepaid in parts has a quota; names those that are not."""

    code = "not_prepaid"

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(f"not prepaid in parts: {', '.join(names)}")
        self.names = tuple(names)


class QuotaTooSmall(PortalError):
    """A quota never goes below zero; says what those have that would."""

    code = "quota_too_small"

    def __init__(self, has: Mapping[str, int], *, needs: int) -> None:
        super().__init__(f"needs {needs} parts, has {dict(has)}")
        self.has = dict(has)
        self.needs = needs


def mode_of(sub_account: SubAccount) -> Mode:
    """What a sub-account pays with."""
    if sub_account.quota_unlimited:
        return Mode.UNLIMITED
    return Mode.MONEY if sub_account.quota_account_id is None else Mode.PREPAID


def left(session: ResellerSession, sub_account: SubAccount) -> int | None:
    """The parts that a prepaid sub-account has left; None for another."""
    if sub_account.quota_account_id is None:
        return None
    return statements.balance(session, sub_account.quota_account_id)


def set_mode(session: ResellerSession, *, sub_account_id: int, mode: Mode, by: Actor) -> None:
    """Let a sub-account be prepaid in parts, unlimited (-1 at SMS4.de), or pay with money.

    What it had left of a quota waits for it in the books until it is prepaid again.

    Raises:
        NotFound: there is no such sub-account.
    """
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    client = keeping.held_client(session, sub_account.client_id)
    session.refresh(sub_account)
    if mode_of(sub_account) is mode:
        return
    sub_account.quota_unlimited = mode is Mode.UNLIMITED
    sub_account.quota_account_id = (
        opening.account(
            session, AccountCode.QUOTA, unit=PARTS, owner_id=sub_account.id, overdraft=0
        )
        if mode is Mode.PREPAID
        else None
    )
    activity.record(
        session,
        by=by,
        what="sub_account.quota_mode",
        client_id=client.id,
        about_id=sub_account.id,
        name=sub_account.name,
        mode=mode.value,
    )
    look_at_modes(session, client)


def look_at_modes(session: ResellerSession, client: Client) -> None:
    """Note whether all sub-accounts of a client are on quota: then an empty wallet suspends not."""
    session.flush()
    own = access.sub_accounts_of(session, client_id=client.id)
    client.wholly_on_quota = bool(own) and all(mode_of(each) is not Mode.MONEY for each in own)
    if client.wallet_id is not None:
        keeping.look_at(session, client)


def top_up(
    session: ResellerSession,
    *,
    sub_account_ids: Collection[int],
    parts: int,
    by: Actor,
    description: str,
) -> list[NewQuota]:
    """Add as many parts to each of these quotas, or take them away if below zero: all or none.

    The answer is in order of name.

    Raises:
        AmountNotPositive: zero adds nothing.
        NotFound: there is no such sub-account.
        NotPrepaid: one of them has no quota.
        QuotaTooSmall: one of them has not so many.
    """
    if not parts:
        raise AmountNotPositive("a change is not zero")
    chosen = _prepaid(session, sub_account_ids, by=by)
    held = posting.hold(session, chosen)
    short = {
        each.name: held[account_id].balance
        for account_id, each in chosen.items()
        if held[account_id].balance + parts < 0
    }
    if short:
        raise QuotaTooSmall(short, needs=-parts)
    granted = opening.account(session, AccountCode.PARTS_GRANTED, unit=PARTS)
    transfers = [
        Transfer(
            debit=granted if parts > 0 else account_id,
            credit=account_id if parts > 0 else granted,
            unit=PARTS,
            amount=abs(parts),
            code=TransferCode.QUOTA_GRANT if parts > 0 else TransferCode.QUOTA_CORRECTION,
            cause=ids.new(),
            actor=by.person_id,
            description=description,
        )
        for account_id in chosen
    ]
    posted = posting.post(session, transfers)
    for transfer, each in zip(transfers, chosen.values(), strict=True):
        _note(session, each, by=by, transfer=transfer, parts=parts)
    changed = [
        NewQuota(each.id, each.name, *posted.balances[account_id])
        for account_id, each in chosen.items()
    ]
    return sorted(changed, key=lambda quota: (quota.name, quota.sub_account_id))


def move(
    session: ResellerSession,
    *,
    from_sub_account_id: int,
    to_sub_account_id: int,
    parts: int,
    by: Actor,
    reason: str,
) -> tuple[NewQuota, NewQuota]:
    """Move parts between two sub-accounts of one client; what both have then, the giver first.

    Raises:
        AmountNotPositive: for zero and less.
        MovedToItself: both are the same.
        NotFound: there is no such sub-account, or the other is another client's.
        NotPrepaid: one of them has no quota.
        QuotaTooSmall: the giver has not so many.
    """
    keeping.positive(parts)
    if from_sub_account_id == to_sub_account_id:
        raise MovedToItself
    chosen = _prepaid(session, [from_sub_account_id, to_sub_account_id], by=by)
    (giver_id, giver), (taker_id, taker) = chosen.items()
    if taker.client_id != giver.client_id:
        raise NotFound("sub-account", to_sub_account_id)
    has = posting.hold(session, chosen)[giver_id].balance
    if has < parts:
        raise QuotaTooSmall({giver.name: has}, needs=parts)
    transfer = Transfer(
        debit=giver_id,
        credit=taker_id,
        unit=PARTS,
        amount=parts,
        code=TransferCode.QUOTA_MOVED,
        cause=ids.new(),
        actor=by.person_id,
        description=reason,
    )
    posted = posting.post(session, [transfer])
    _note(session, giver, by=by, transfer=transfer, parts=-parts)
    _note(session, taker, by=by, transfer=transfer, parts=parts)
    return (
        NewQuota(giver.id, giver.name, *posted.balances[giver_id]),
        NewQuota(taker.id, taker.name, *posted.balances[taker_id]),
    )


def handed_out(session: ResellerSession) -> int:
    """The parts that all quotas of the reseller hold together, without the unlimited ones."""
    accounts = session.scalars(
        select(SubAccount.quota_account_id).where(
            SubAccount.quota_account_id.is_not(None), SubAccount.closed_at.is_(None)
        )
    )
    held = statements.balances(session, [each for each in accounts if each is not None])
    return sum(held.values())


def _prepaid(
    session: ResellerSession, sub_account_ids: Collection[int], *, by: Actor
) -> dict[int, SubAccount]:
    """These sub-accounts by their quota's account, in the order given, each once."""
    found = [
        access.sub_account_by_id(session, actor=by, sub_account_id=each)
        for each in dict.fromkeys(sub_account_ids)
    ]
    without = [each.name for each in found if each.quota_account_id is None]
    if without:
        raise NotPrepaid(without)
    return {each.quota_account_id: each for each in found if each.quota_account_id is not None}


def _note(
    session: ResellerSession, sub_account: SubAccount, *, by: Actor, transfer: Transfer, parts: int
) -> None:
    activity.record(
        session,
        by=by,
        what="sub_account.quota",
        client_id=sub_account.client_id,
        about_id=sub_account.id,
        name=sub_account.name,
        parts=parts,
        description=transfer.description,
    )
