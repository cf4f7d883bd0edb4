"""The words beside transfers, which are erased with whom they are about; amounts stay."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import and_, delete, or_, select

from portal.infra.db import ResellerSession
from portal.ledger.models import Account, Transfer, TransferNote

BATCH: Final = 2_000


def erase(session: ResellerSession, *, owner_ids: Collection[int]) -> int:
    """Erase a batch of the words beside all that moved on these owners' accounts; 0 at the end."""
    accounts = session.scalars(select(Account.id).where(Account.owner_id.in_(owner_ids))).all()
    found = session.scalars(
        select(TransferNote.transfer_id)
        .join(
            Transfer,
            and_(
                Transfer.reseller_id == TransferNote.reseller_id,
                Transfer.id == TransferNote.transfer_id,
            ),
        )
        .where(or_(Transfer.debit_id.in_(accounts), Transfer.credit_id.in_(accounts)))
        .limit(BATCH)
    ).all()
    session.execute(delete(TransferNote).where(TransferNote.transfer_id.in_(found)))
    return len(found)
