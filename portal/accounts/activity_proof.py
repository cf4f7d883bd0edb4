"""Prove that the words of acts are those that were recorded, or were erased by an act that says so.

Seals prove the rest of a row, and with it the digest of its words.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Text, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.erasure import ERASED
from portal.accounts.models import Activity


def disagreements(session: Session) -> Iterator[str]:
    """A sentence for each act whose words are not what was recorded, by its id."""
    said = func.jsonb_build_array(Activity.person_name, Activity.address, Activity.details)
    digest = func.sha256(Activity.words_salt.concat(func.convert_to(cast(said, Text), "UTF8")))
    changed = select(Activity.reseller_id, Activity.id).where(
        Activity.erased_by_id.is_(None), Activity.words_digest != digest
    )
    for reseller_id, act_id in session.execute(changed.order_by(Activity.id)):
        yield f"reseller {reseller_id}, act {act_id}: does not say what was recorded"
    erasing = aliased(Activity)
    by_an_erasure = exists().where(
        erasing.reseller_id == Activity.reseller_id,
        erasing.id == Activity.erased_by_id,
        erasing.what == ERASED,
        or_(
            Activity.client_id.is_(None),
            Activity.client_id == erasing.client_id,
            Activity.acting_as_client_id == erasing.client_id,
        ),
    )
    lost = select(Activity.reseller_id, Activity.id).where(
        Activity.erased_by_id.is_not(None), ~by_an_erasure
    )
    for reseller_id, act_id in session.execute(lost.order_by(Activity.id)):
        yield f"reseller {reseller_id}, act {act_id}: its words are gone, and no erasure took them"
