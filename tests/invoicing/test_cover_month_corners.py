"""What resellers use on a limit, where payments go back, limits change and workers meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from portal.accounts import cover
from portal.infra import clock
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.months import Month, month_of
from portal.invoicing import cover_months, numbering
from portal.invoicing.statuses import Kind
from portal.ledger import posting
from portal.ledger.codes import TransferCode
from portal.ledger.posting import Held
from portal.payments import settling
from portal.payments.models import Deposit
from portal.payments.statuses import Outcome
from tests.builders import paying
from tests.cast import SUNNY, UNIT, Cast
from tests.invoicing import test_cover_months
from tests.invoicing.test_cover_months import all_of, at, pay, pay_by_hand, settle, use

operator, this_month = test_cover_months.operator, test_cover_months.this_month


def limit(operator: ResellerSession, cast: Cast, amount: int) -> None:
    with in_scope_of(operator, SUNNY) as own:
        cover.set_limit(own, currency="USD", limit=amount, by=cast.olga)


def deposit_of(operator: ResellerSession, cast: Cast, amount: int) -> Deposit:
    deposit = paying.begun_for_cover(operator, SUNNY, by=cast.sam, amount=amount)
    settling.apply(operator, deposit_id=deposit.id, seen=paying.seen(deposit))
    return deposit


def dispute(operator: ResellerSession, deposit: Deposit, *, won: bool = False) -> None:
    taken = paying.disputed("dp_1", deposit.amount, won=won)
    seen = paying.seen(deposit, Outcome.PAID, taken)
    settling.apply(operator, deposit_id=deposit.id, seen=seen)


def take_back_by_hand(operator: ResellerSession, cast: Cast) -> None:
    """Take back the one payment by hand."""
    with in_scope_of(operator, SUNNY) as own:
        (moved,) = [
            each for each in cover.movements(own, currency="USD") if each.description == "Transfer"
        ]
        cover.reverse(
            own, currency="USD", transfer_id=moved.transfer_id, by=cast.olga, reason="wrong"
        )


def invoiced(operator: ResellerSession) -> int:
    """What all invoices come to, less credit notes."""
    return sum(
        each.gross if each.kind is Kind.INVOICE else -each.gross for each in all_of(operator)
    )


def opened(operator: ResellerSession) -> dict[Any, int]:
    found = all_of(operator)
    by_id = {each.id: each.month for each in found}
    return {by_id[i]: left for i, left in cover_months.open_of(operator, found).items()}


def test_what_is_owed_beside_the_cover_is_unpaid_too(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    limit(operator, cast, 50 * UNIT)
    deposit = deposit_of(operator, cast, 100 * UNIT)
    use(operator, 100 * UNIT)
    dispute(operator, deposit)  # 50 from the cover, 50 beside
    with at(this_month.after):
        settle(operator)
        made = all_of(operator)[-1]
        assert (made.gross, made.due) == (100 * UNIT, 100 * UNIT)
        assert opened(operator) == {this_month.first: 100 * UNIT}
        assert pay(operator, cast, 100 * UNIT) == []
        assert opened(operator) == {this_month.first: 0}
    assert invoiced(operator) == 100 * UNIT


def test_a_payment_of_a_month_taken_back_opens_it_again(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    limit(operator, cast, 100 * UNIT)
    use(operator, 100 * UNIT)
    with at(this_month.after):
        settle(operator)
        deposit = deposit_of(operator, cast, 100 * UNIT)
        use(operator, 80 * UNIT)
        dispute(operator, deposit)
        assert opened(operator) == {this_month.first: 100 * UNIT}
        assert pay(operator, cast, 100 * UNIT) == []
    with at(this_month.after.after):
        settle(operator)
    assert invoiced(operator) == 180 * UNIT


def test_prepaid_again_it_is_still_not_invoiced_twice(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 100 * UNIT)
    with at(this_month.after):
        settle(operator)
        deposit = deposit_of(operator, cast, 100 * UNIT)
        limit(operator, cast, 0)
    with at(this_month.after.after):
        settle(operator)
        dispute(operator, deposit)
        assert opened(operator) == {this_month.first: 100 * UNIT}
        assert pay(operator, cast, 100 * UNIT) == []
    assert invoiced(operator) == 100 * UNIT


def test_prepaid_again_what_was_credited_is_invoiced_when_it_is_paid(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    deposit = deposit_of(operator, cast, 100 * UNIT)
    use(operator, 100 * UNIT)
    limit(operator, cast, 0)
    with at(this_month.after):
        settle(operator)
        dispute(operator, deposit)
        assert invoiced(operator) == 0
        (paid,) = pay(operator, cast, 100 * UNIT)
    assert paid.gross == 100 * UNIT


@pytest.mark.parametrize("is_credited", [True, False])
def test_a_limit_given_again_takes_in_what_is_owed_beside_and_not_invoiced(
    operator: ResellerSession, cast: Cast, this_month: Month, *, is_credited: bool
) -> None:
    if is_credited:
        deposit = deposit_of(operator, cast, 100 * UNIT)
        use(operator, 100 * UNIT)
    else:
        use(operator, 100 * UNIT)
    with at(this_month.after):
        settle(operator)
        if not is_credited:
            deposit = deposit_of(operator, cast, 100 * UNIT)
        limit(operator, cast, 0)
    with at(this_month.after.after):
        settle(operator)
        dispute(operator, deposit)
        limit(operator, cast, 500 * UNIT)
        use(operator, 30 * UNIT)
    with at(this_month.after.after.after):
        settle(operator)
        assert invoiced(operator) == 130 * UNIT
        assert sum(opened(operator).values()) == 130 * UNIT
        assert pay(operator, cast, 100 * UNIT) == []
        (ahead,) = pay(operator, cast, 100 * UNIT)
        assert ahead.gross == 70 * UNIT


def test_the_first_month_takes_in_what_is_owed_beside(
    operator: ResellerSession, cast: Cast
) -> None:
    limit(operator, cast, 0)
    deposit = deposit_of(operator, cast, 100 * UNIT)
    use(operator, 100 * UNIT)
    dispute(operator, deposit)
    limit(operator, cast, 500 * UNIT)
    with at(month_of(clock.now().date()).after):
        (made,) = settle(operator)
        assert (made.gross, made.held) == (100 * UNIT, 0)
        assert pay(operator, cast, 100 * UNIT) == []
    assert invoiced(operator) == 100 * UNIT


def test_a_dispute_won_after_the_month_is_not_invoiced_again(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    deposit = deposit_of(operator, cast, 100 * UNIT)
    use(operator, 100 * UNIT)
    dispute(operator, deposit)
    with at(this_month.after):
        settle(operator)
        assert invoiced(operator) == 100 * UNIT
        dispute(operator, deposit, won=True)
        assert opened(operator) == {this_month.first: 0}
    assert invoiced(operator) == 100 * UNIT


def test_a_dispute_won_before_the_month_is_invoiced_as_before(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    deposit = deposit_of(operator, cast, 100 * UNIT)
    use(operator, 100 * UNIT)
    dispute(operator, deposit)
    dispute(operator, deposit, won=True)
    assert invoiced(operator) == 100 * UNIT
    with at(this_month.after):
        settle(operator)
    assert invoiced(operator) == 100 * UNIT


def test_a_payment_by_hand_taken_back_opens_a_month_that_was_paid_at_once(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    pay_by_hand(operator, cast, 200 * UNIT)
    use(operator, 150 * UNIT)
    with at(this_month.after):
        settle(operator)
        assert opened(operator) == {this_month.first: 0}
        take_back_by_hand(operator, cast)
        assert opened(operator) == {this_month.first: 150 * UNIT}
        assert pay(operator, cast, 100 * UNIT) == []
        (ahead,) = pay(operator, cast, 100 * UNIT)
        assert ahead.gross == 50 * UNIT


def test_what_a_payment_from_before_the_limit_paid_is_invoiced_once_that_is_taken_back(
    operator: ResellerSession, cast: Cast
) -> None:
    pay_by_hand(operator, cast, 200 * UNIT)
    use(operator, 150 * UNIT)
    first = month_of(clock.now().date())
    with at(first.after):
        (made,) = settle(operator)
        assert (made.gross, made.ahead) == (0, 50 * UNIT)
        take_back_by_hand(operator, cast)
        use(operator, 30 * UNIT)
    with at(first.after.after):
        (made,) = settle(operator)
        assert (made.gross, made.ahead) == (180 * UNIT, 0)
        assert opened(operator) == {first.after.first: 180 * UNIT}
        use(operator, 10 * UNIT)
    with at(first.after.after.after):
        (made,) = settle(operator)
        assert (made.gross, made.ahead) == (10 * UNIT, 0)


def test_a_payment_from_before_the_limit_taken_back_before_the_first_month_is_settled(
    operator: ResellerSession, cast: Cast
) -> None:
    pay_by_hand(operator, cast, 200 * UNIT)
    use(operator, 150 * UNIT)
    first = month_of(clock.now().date())
    with at(first.after):
        take_back_by_hand(operator, cast)
        (made,) = settle(operator)
        assert (made.gross, made.ahead) == (150 * UNIT, 0)
        assert opened(operator) == {first.first: 150 * UNIT}


def test_who_pays_again_what_was_taken_back_from_before_the_limit_has_an_invoice_at_once(
    operator: ResellerSession, cast: Cast
) -> None:
    pay_by_hand(operator, cast, 200 * UNIT)
    use(operator, 100 * UNIT)
    first = month_of(clock.now().date())
    with at(first.after):
        settle(operator)
        take_back_by_hand(operator, cast)
        assert cover_months.unpaid(operator, SUNNY, "USD") == 0  # of that there is no invoice
        (paid,) = pay(operator, cast, 100 * UNIT)
        assert paid.gross == 100 * UNIT
    with at(first.after.after):
        (made,) = settle(operator)
        assert (made.gross, made.ahead) == (0, 0)


def test_prepaid_and_on_a_limit_again_a_payment_from_before_taken_back_is_still_known(
    operator: ResellerSession, cast: Cast
) -> None:
    pay_by_hand(operator, cast, 200 * UNIT)
    use(operator, 100 * UNIT)
    first = month_of(clock.now().date())
    with at(first.after):
        settle(operator)
        take_back_by_hand(operator, cast)
        pay(operator, cast, 100 * UNIT)
        pay(operator, cast, 50 * UNIT)
        limit(operator, cast, 0)
    with at(first.after.after):
        settle(operator)
        limit(operator, cast, 500 * UNIT)
        use(operator, 90 * UNIT)
    with at(first.after.after.after):
        (made,) = settle(operator)
        assert (made.gross, made.ahead) == (40 * UNIT, 0)
    assert invoiced(operator) == 190 * UNIT


def test_what_is_given_back_after_the_month_is_taken_off_what_is_to_be_paid(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 100 * UNIT)
    with at(this_month.after):
        settle(operator)
        use(operator, 10 * UNIT, code=TransferCode.COST_REFUND)
    with at(this_month.after.after):
        settle(operator)
        assert opened(operator) == {this_month.first: 90 * UNIT}
        (ahead,) = pay(operator, cast, 100 * UNIT)
        assert ahead.gross == 10 * UNIT
        use(operator, 30 * UNIT)
    with at(this_month.after.after.after):
        settle(operator)
        assert sum(opened(operator).values()) == 20 * UNIT
    assert invoiced(operator) == 120 * UNIT


def test_a_payment_after_a_credit_note_is_invoiced_at_once(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    deposit = deposit_of(operator, cast, 100 * UNIT)
    use(operator, 100 * UNIT)
    with at(this_month.after):
        settle(operator)
        dispute(operator, deposit)
        assert cover_months.unpaid(operator, SUNNY, "USD") == 0  # of that there is no invoice
        (paid,) = pay(operator, cast, 100 * UNIT)
        assert paid.gross == 100 * UNIT
    with at(this_month.after.after):
        settle(operator)
    assert invoiced(operator) == 100 * UNIT


def test_no_cover_is_held_behind_a_number(
    operator: ResellerSession, cast: Cast, this_month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who pays holds its cover and then takes a number: the other way round, both would wait."""
    with in_scope_of(operator, SUNNY) as own:
        cover.set_limit(own, currency="EUR", limit=500 * UNIT, by=cast.olga)
    use(operator, 20 * UNIT)
    use(operator, 30 * UNIT, unit="EUR")
    taken: list[str] = []
    held: set[int] = set()
    take, hold = numbering.take, posting.hold

    def taking(session: ResellerSession, series: str) -> int:
        taken.append(series)
        return take(session, series)

    def holding(session: ResellerSession, account_ids: Iterable[int]) -> dict[int, Held]:
        wanted = set(account_ids)
        assert not taken or wanted <= held
        held.update(wanted)
        return hold(session, wanted)

    monkeypatch.setattr(numbering, "take", taking)
    monkeypatch.setattr(posting, "hold", holding)
    with at(this_month.after):
        settle(operator)
    assert len(taken) == 2
