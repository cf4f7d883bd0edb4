"""Ten codes for paper, for whoever has lost their app: each works once, and is kept as a hash."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import delete, func, select, update

from portal.accounts.sign_in_models import RecoveryCode
from portal.infra import clock, signing
from portal.infra.db import ResellerSession

COUNT: Final = 10
# Letters and digits that are not taken for each other; 16 of them are 79 bits, so that a plain hash
# cannot be searched for what it is of.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH: Final = 16
_GROUP: Final = 4


def renew(session: ResellerSession, *, person_id: int) -> list[str]:
    """New codes, shown this once; those before are worth nothing."""
    forget(session, person_id=person_id)
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(COUNT)]
    now = clock.now()
    session.add_all(
        RecoveryCode(person_id=person_id, hash=_digest(person_id, code), created_at=now)
        for code in codes
    )
    return [_grouped(code) for code in codes]


def left(session: ResellerSession, *, person_id: int) -> int:
    """How many were not used yet."""
    found = session.scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    return found or 0


def use(session: ResellerSession, *, person_id: int, code: str) -> bool:
    """Whether this is one of somebody's that was not used before; then it is used."""
    typed = "".join(each for each in code.lower() if each.isalnum())
    if len(typed) != _LENGTH:
        return False
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.hash == _digest(person_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.hash)
        .execution_options(synchronize_session=False)
    )
    return used is not None


def forget(session: ResellerSession, *, person_id: int) -> None:
    """Delete all of somebody's."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _digest(person_id: int, code: str) -> str:
    return signing.digest(f"{person_id}/{code}")


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
