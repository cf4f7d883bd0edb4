"""Take a transfer back by adding its opposite."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import closing, posting
from portal.ledger.codes import TransferCode
from portal.ledger.errors import AlreadyReversed
from portal.ledger.models import Transfer


def opposite(
    session: ResellerSession, transfer_id: int, *, actor: int | None, description: str
) -> posting.Transfer:
    """The transfer that takes this one back, ready to be posted.

    Raises:
        NotFound: if this reseller has no such transfer.
        AlreadyReversed: if it was taken back before, or takes another back itself.
    """
    found = session.get(Transfer, (session.reseller_id, transfer_id))
    if found is None:
        raise NotFound("transfer", transfer_id)
    taken_back = session.scalar(
        select(Transfer.id).where(
            Transfer.cause_id == transfer_id, Transfer.code == TransferCode.REVERSAL
        )
    )
    if taken_back is not None or found.reverses_id is not None:
        raise AlreadyReversed(transfer_id)
    return posting.Transfer(
        debit=found.credit_id,
        credit=found.debit_id,
        unit=found.unit,
        amount=found.amount,
        code=TransferCode.REVERSAL,
        cause=transfer_id,
        reverses=transfer_id,
        actor=actor,
        description=description,
    )


_BY_HAND = (
    TransferCode.PAYMENT,
    TransferCode.CHARGE,
    TransferCode.COVER_PAYMENT,
    TransferCode.REVERSAL,
)


def by_hand(session: ResellerSession, transfer_id: int, *, account_id: int) -> bool:
    """Whether a transfer on this account was made by a person, who may want to take it back."""
    found = session.scalar(
        select(Transfer.id).where(
            Transfer.id == transfer_id,
            Transfer.code.in_(_BY_HAND),
            (Transfer.debit_id == account_id) | (Transfer.credit_id == account_id),
        )
    )
    return found is not None


def taken_back(
    session: ResellerSession,
    account_id: int,
    *,
    code: TransferCode,
    made_before: datetime,
    since: datetime,
) -> int:
    """What of these transfers out of an account, made before a moment, was taken back since one."""
    original = aliased(Transfer)
    return int(
        session.scalars(
            select(func.coalesce(func.sum(original.amount), 0))
            .select_from(Transfer)
            .join(
                original,
                (original.reseller_id == Transfer.reseller_id)
                & (original.id == Transfer.reverses_id),
            )
            .where(
                Transfer.credit_id == account_id,
                Transfer.id >= closing.first_id(since),
                Transfer.at >= since,
                Transfer.code == TransferCode.REVERSAL,
                original.code == code,
                original.at < made_before,
            )
        ).one()
    )


def transfers_of(
    session: ResellerSession, causes: Collection[int], *, codes: Collection[TransferCode]
) -> dict[tuple[int, TransferCode, int], int]:
    """The transfers that were made for these reasons, by reason, code and the account debited."""
    rows = session.execute(
        select(Transfer.cause_id, Transfer.code, Transfer.debit_id, Transfer.id).where(
            Transfer.cause_id.in_(causes), Transfer.code.in_(codes)
        )
    )
    return {(cause, TransferCode(code), debit): found for cause, code, debit, found in rows}
