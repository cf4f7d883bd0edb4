"""A sub-account is closed once nothing hangs on it, and opened again on the same day as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts import access, quotas, sub_accounts
from portal.accounts.errors import NameTaken
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode
from portal.billing import assignments
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.numbers import connecting, stock
from portal.pricing import packages
from portal.provisioning import sub_account_closing as closing
from portal.provisioning.sub_account_closing import (
    PackageNotSold,
    StillConnected,
    TooLateToUndo,
)
from tests.cast import SUNNY, Cast


def main(session: ResellerSession, cast: Cast) -> SubAccount:
    return session.get_one(SubAccount, (SUNNY, cast.alice.sub_account_id))


def close(session: ResellerSession, cast: Cast) -> SubAccount:
    return closing.close(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)


def test_what_hangs_on_it_is_said(session: ResellerSession, cast: Cast) -> None:
    number = stock.add(session, number="+12025550188", by=cast.sam)
    connecting.connect(
        session,
        number_id=number.id,
        sub_account_id=cast.alice.sub_account_id,
        by=cast.sam,
        on=clock.now().date(),
    )
    quotas.set_mode(
        session, sub_account_id=cast.alice.sub_account_id, mode=Mode.PREPAID, by=cast.sam
    )
    quotas.top_up(
        session,
        sub_account_ids=[cast.alice.sub_account_id],
        parts=5,
        by=cast.sam,
        description="",
    )
    with pytest.raises(StillConnected) as still:
        close(session, cast)
    assert (still.value.numbers, still.value.parts) == (("+12025550188",), 5)
    assert main(session, cast).closed_at is None
    connecting.disconnect(session, number_id=number.id, by=cast.sam)
    with pytest.raises(StillConnected):
        close(session, cast)
    quotas.top_up(
        session,
        sub_account_ids=[cast.alice.sub_account_id],
        parts=-5,
        by=cast.sam,
        description="",
    )
    assert close(session, cast).closed_at is not None


def test_it_ends_with_its_package_and_comes_back_with_it(
    session: ResellerSession, cast: Cast
) -> None:
    before = assignments.current(session, cast.alice.sub_account_id)
    assert before is not None
    close(session, cast)
    assert access.sub_accounts_of(session, client_id=cast.alice.client_id) == []
    assert assignments.current(session, cast.alice.sub_account_id) is None
    with pytest.raises(NotFound):
        close(session, cast)
    closing.undo(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)
    again = assignments.current(session, cast.alice.sub_account_id)
    assert again is not None
    assert (again.id, again.billed_until) == (before.id, before.billed_until)
    with pytest.raises(NotFound):
        closing.undo(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)


def test_without_a_package_it_comes_back_without(session: ResellerSession, cast: Cast) -> None:
    assignments.end(
        session, sub_account_id=cast.alice.sub_account_id, by=cast.sam, on=clock.now().date()
    )
    close(session, cast)
    closing.undo(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)
    assert assignments.current(session, cast.alice.sub_account_id) is None


@pytest.mark.parametrize(("name", "user"), [("Main", "other"), ("Other", "alice@acme.test")])
def test_names_that_were_taken_meanwhile_stay_with_their_owner(
    session: ResellerSession, cast: Cast, name: str, user: str
) -> None:
    close(session, cast)
    session.flush()
    sub_accounts.create(session, client_id=cast.alice.client_id, name=name, user=user, by=cast.sam)
    with pytest.raises(NameTaken):
        closing.undo(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)


def test_another_day_is_too_late(session: ResellerSession, cast: Cast) -> None:
    close(session, cast)
    main(session, cast).closed_at = clock.now() - timedelta(days=2)
    with pytest.raises(TooLateToUndo):
        closing.undo(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)


def test_a_package_that_is_sold_no_more_brings_nothing_back(
    session: ResellerSession, cast: Cast
) -> None:
    found = main(session, cast)
    assert found.package_id is not None
    package = packages.by_id(session, found.package_id)
    close(session, cast)
    package.closed_at = clock.now()
    with pytest.raises(PackageNotSold) as refused:
        closing.undo(session, sub_account_id=cast.alice.sub_account_id, by=cast.sam)
    assert refused.value.package == package.name
    assert access.sub_accounts_of(session, client_id=cast.alice.client_id) == []


def test_a_new_password_ends_the_old_one(session: ResellerSession, cast: Cast) -> None:
    made, old = sub_accounts.create(
        session, client_id=cast.alice.client_id, name="Shop", user="shop", by=cast.sam
    )
    new = sub_accounts.renew_password(session, sub_account_id=made.id, by=cast.sam)
    session.flush()
    assert sub_accounts.by_credentials(session, user="shop", api_password=old) is None
    assert sub_accounts.by_credentials(session, user="shop", api_password=new) is made
    with pytest.raises(NameTaken):
        sub_accounts.change(
            session, sub_account_id=made.id, name="Main", default_sender="", by=cast.sam
        )
    assert sub_accounts.change(
        session, sub_account_id=made.id, name="Till", default_sender="Acme", by=cast.sam
    )
    assert not sub_accounts.change(
        session, sub_account_id=made.id, name="Till", default_sender="Acme", by=cast.sam
    )
