"""Which sub-accounts are somebody's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.accounts import access, sub_accounts
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from tests.cast import Cast


def test_whoever_is_of_no_client_has_none(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NotFound):
        access.own_sub_accounts(session, actor=cast.sam)


def test_those_that_somebody_is_kept_from_are_not_theirs(
    session: ResellerSession, cast: Cast
) -> None:
    shop, _ = sub_accounts.create(
        session, client_id=cast.alice.client_id, name="Shop", user="alice.shop", by=cast.sam
    )
    owner = cast.alice.owner
    limited = replace(owner, sub_account_ids=frozenset({shop.id, cast.henry.sub_account_id}))
    assert [each.id for each in access.own_sub_accounts(session, actor=owner)] == [
        cast.alice.sub_account_id,
        shop.id,
    ]
    assert access.own_sub_accounts(session, actor=limited) == [shop]
