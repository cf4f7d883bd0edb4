"""Codes that are worth money: once for each client, until the last use."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from portal.accounts import activity, wallet
from portal.accounts.errors import AmountNotPositive, CurrencyNotPriced, WrongStanding
from portal.accounts.models import Client
from portal.accounts.statuses import Standing
from portal.billing import vouchers
from portal.billing.models import VoucherUse
from portal.billing.vouchers import (
    CodeTaken,
    CodeUnfit,
    Fault,
    VoucherNotValid,
    VoucherUsedBefore,
)
from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import proof
from portal.pricing import packages
from portal.pricing.conditions import Amounts, Conditions
from tests.builders.money import balance, client_of, disagreements
from tests.cast import LONG_AGO, SUNNY, UNIT, Cast, Firm
from tests.messaging.test_together import blocked

TODAY = date(2027, 1, 31)
NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)


def make(session: ResellerSession, cast: Cast, **said: Any) -> vouchers.Voucher:
    chosen: dict[str, Any] = {"amount": 5 * UNIT, "currency": "USD", "uses": 2}
    chosen |= {"expires_on": TODAY, "code": "spring 27"}
    return vouchers.create(session, by=cast.sam, **{**chosen, **said})


def redeem(session: ResellerSession, firm: Firm, code: str, on: date = TODAY) -> vouchers.Redeemed:
    return vouchers.redeem(session, client_id=firm.client_id, code=code, by=firm.owner, today=on)


@pytest.mark.parametrize("said", [{"amount": 0}, {"uses": 0}, {"amount": -1}])
def test_it_is_worth_something(session: ResellerSession, cast: Cast, said: dict[str, int]) -> None:
    with pytest.raises(AmountNotPositive):
        make(session, cast, **said)


@pytest.mark.parametrize("code", ["short", "A" * 41, "ÄÄÄÄÄÄ", "12 34!5", "- -a"])
def test_a_code_is_letters_and_digits(session: ResellerSession, cast: Cast, code: str) -> None:
    with pytest.raises(CodeUnfit) as refused:
        make(session, cast, code=code)
    assert str(refused.value) == vouchers.normalised(code)


def test_a_code_is_given_once(session: ResellerSession, cast: Cast) -> None:
    make(session, cast)
    with pytest.raises(CodeTaken, match=r"^SPRING27$"):
        make(session, cast, code="SPRING-27")
    assert [listed.voucher.code for listed in vouchers.listed(session)] == ["SPRING27"]


def test_a_code_that_nobody_gave_is_readable_and_new(session: ResellerSession, cast: Cast) -> None:
    codes = {make(session, cast, code="").code for _ in range(20)}
    assert len(codes) == 20
    assert {len(code) for code in codes} == {vouchers.CHARACTERS}
    assert set("".join(codes)) <= set(vouchers.ALPHABET)
    assert vouchers.written("BCDFGHJKMNPQ") == "BCDF-GHJK-MNPQ"


def test_it_keeps_what_it_was_made_with_and_who_made_it(
    session: ResellerSession, cast: Cast
) -> None:
    with clock.pretending(NOON):
        plain = vouchers.create(
            session, amount=UNIT, currency="EUR", uses=1, expires_on=None, by=cast.sam
        )
        made = make(session, cast, description="Spring fair")
    assert plain.description == ""
    assert (made.code, made.amount, made.currency, made.description, made.uses_left) == (
        "SPRING27", 5 * UNIT, "USD", "Spring fair", 2,
    )  # fmt: skip
    assert (made.expires_on, made.created_at, made.person_id, made.withdrawn_at) == (
        TODAY, NOON, cast.sam.person_id, None,
    )  # fmt: skip
    found = [(each.voucher.id, each.used) for each in vouchers.listed(session)]
    assert found == [(made.id, 0), (plain.id, 0)]


def test_what_happens_to_it_is_recorded(session: ResellerSession, cast: Cast) -> None:
    alice, voucher = cast.alice, make(session, cast, description="Spring fair")
    redeem(session, alice, "spring27")
    for _ in range(2):
        vouchers.withdraw(session, voucher_id=voucher.id, by=cast.sam)
    session.flush()
    noted = [
        (each.what, each.person_id, each.client_id, each.about_id)
        for each in activity.latest(session, limit=3)
    ]
    assert noted == [
        ("voucher.withdrawn", cast.sam.person_id, None, voucher.id),
        ("voucher.redeemed", alice.owner.person_id, alice.client_id, voucher.id),
        ("voucher.created", cast.sam.person_id, None, voucher.id),
    ]
    said = {"amount": 5 * UNIT, "currency": "USD", "description": "Spring fair"}
    assert [each.details for each in activity.latest(session, limit=3)] == [said] * 3


def test_staff_redeems_it_in_the_name_of_the_client(session: ResellerSession, cast: Cast) -> None:
    make(session, cast)
    vouchers.redeem(
        session, client_id=cast.alice.client_id, code="spring27", by=cast.sam, today=TODAY
    )
    session.flush()
    (noted,) = activity.latest(session, limit=1)
    assert (noted.what, noted.person_id, noted.client_id) == (
        "voucher.redeemed", cast.sam.person_id, cast.alice.client_id,
    )  # fmt: skip


def test_its_money_comes_from_what_was_given_away(session: ResellerSession, cast: Cast) -> None:
    alice, voucher = cast.alice, make(session, cast, description="Spring fair")
    with clock.pretending(NOON):
        got = redeem(session, alice, "spring27")
    row = session.execute(
        text(
            "SELECT t.code, d.code, c.code, c.owner_id, t.unit, t.amount, t.actor_id,"
            "       n.description"
            "  FROM transfers t"
            "  JOIN ledger_accounts d ON d.id = t.debit_id"
            "  JOIN ledger_accounts c ON c.id = t.credit_id"
            "  JOIN transfer_notes n ON n.transfer_id = t.id"
            " WHERE t.id = :id"
        ),
        {"id": got.transfer_id},
    ).one()
    assert tuple(row) == (
        "voucher", "given", "wallet", alice.client_id, "USD", 5 * UNIT, alice.owner.person_id,
        "Spring fair",
    )  # fmt: skip
    use = session.get_one(VoucherUse, (SUNNY, voucher.id, alice.client_id))
    assert (use.transfer_id, use.used_at) == (got.transfer_id, NOON)


@pytest.mark.parametrize("written", ["spring27", "SPRING 27", " Spring‑27 ", "sp-ri-ng–27"])
def test_is_credited_however_it_is_written(
    session: ResellerSession, cast: Cast, written: str
) -> None:
    voucher = make(session, cast)
    got = redeem(session, cast.alice, written)
    assert (got.voucher_id, got.amount, got.currency) == (voucher.id, 5 * UNIT, "USD")
    assert balance(session, cast.alice) == 105 * UNIT
    assert voucher.uses_left == 1
    (moved,) = wallet.movements(session, client_of(session, cast.alice), limit=1)
    assert (moved.transfer_id, moved.description) == (got.transfer_id, "SPRI-NG27")
    assert [listed.used for listed in vouchers.listed(session)] == [1]
    assert disagreements(session) == []


def test_once_for_each_client(session: ResellerSession, cast: Cast) -> None:
    make(session, cast)
    redeem(session, cast.alice, "spring27")
    with pytest.raises(VoucherUsedBefore):
        redeem(session, cast.alice, "spring27")
    redeem(session, cast.henry, "spring27")
    assert (balance(session, cast.alice), balance(session, cast.henry)) == (105 * UNIT, 105 * UNIT)


def test_what_is_worth_nothing_looks_the_same_to_clients(
    session: ResellerSession, cast: Cast
) -> None:
    make(session, cast)
    make(session, cast, code="used up", uses=1)
    redeem(session, cast.henry, "used up")
    withdrawn = make(session, cast, code="withdrawn")
    for _ in range(2):
        vouchers.withdraw(session, voucher_id=withdrawn.id, by=cast.sam)
    found = []
    for code, on in (
        ("unknown", TODAY),
        ("spring27", date(2027, 2, 1)),
        ("used up", TODAY),
        ("withdrawn", TODAY),
    ):
        with pytest.raises(VoucherNotValid) as refused:
            redeem(session, cast.alice, code, on)
        found.append((refused.value.code, refused.value.why))
        assert str(refused.value) == f"the code is {refused.value.why}"
    assert found == [
        ("voucher_not_valid", why)
        for why in (Fault.UNKNOWN, Fault.EXPIRED, Fault.USED_UP, Fault.WITHDRAWN)
    ]
    assert balance(session, cast.alice) == 100 * UNIT


def test_one_without_an_end_lasts(session: ResellerSession, cast: Cast) -> None:
    make(session, cast, expires_on=None)
    redeem(session, cast.alice, "spring27", date(2040, 1, 1))


def test_of_another_reseller_is_unknown(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    voucher = make(session, cast)
    with pytest.raises(VoucherNotValid):
        redeem(harbour_session, cast.berta, "spring27")
    with pytest.raises(NotFound) as missing:
        vouchers.withdraw(harbour_session, voucher_id=voucher.id, by=cast.hanna)
    assert (missing.value.kind, missing.value.key) == ("voucher", voucher.id)


def test_who_waits_has_no_use_of_it(session: ResellerSession, cast: Cast) -> None:
    make(session, cast)
    with pytest.raises(WrongStanding) as refused:
        redeem(session, cast.walter, "spring27")
    assert refused.value.standing is Standing.WAIT


def test_another_currency_is_taken_where_packages_price_it(
    session: ResellerSession, cast: Cast
) -> None:
    make(session, cast, currency="EUR")
    with pytest.raises(CurrencyNotPriced) as refused:
        redeem(session, cast.alice, "spring27")
    assert refused.value.priced == ("USD",)
    (starter,) = packages.listed(session)
    both = Conditions(amounts={"USD": Amounts(), "EUR": Amounts()})
    packages.change(session, starter, both, valid_from=LONG_AGO, today=LONG_AGO)
    redeem(session, cast.alice, "spring27")
    client = client_of(session, cast.alice)
    assert (client.currency, wallet.balance(session, client)) == ("EUR", 5 * UNIT)


def test_withdrawn_by_two_at_once_it_is_recorded_once(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        voucher_id = make(session, cast).id

    def withdraw() -> None:
        with database.session(SUNNY) as session, session.begin():
            vouchers.withdraw(session, voucher_id=voucher_id, by=cast.sam)

    with ThreadPoolExecutor(1) as pool:
        with database.session(SUNNY) as session, session.begin():
            vouchers.withdraw(session, voucher_id=voucher_id, by=cast.sam)
            session.flush()
            other = pool.submit(withdraw)
            blocked(database, 1)
        other.result(timeout=10)
    with database.session(SUNNY) as session:
        noted = [each.what for each in activity.latest(session, limit=2)]
    assert noted == ["voucher.withdrawn", "voucher.created"]


def test_what_was_read_of_it_before_is_not_what_counts(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        voucher_id = make(session, cast).id
    with database.session(SUNNY) as session, session.begin():
        (read,) = vouchers.listed(session)
        with database.session(SUNNY) as other, other.begin():
            vouchers.withdraw(other, voucher_id=voucher_id, by=cast.sam)
        assert read.voucher.withdrawn_at is None
        with pytest.raises(VoucherNotValid) as refused:
            redeem(session, cast.alice, "spring27")
    assert refused.value.why is Fault.WITHDRAWN


def test_two_hundred_at_once_on_ten_uses(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        make(session, cast, uses=10)
        alice = client_of(session, cast.alice)
        firms = []
        for number in range(200):
            client = Client(
                id=ids.new(), number=number, email=f"{number}@many.test", country="US",
                language="en", time_zone="UTC", currency="USD",
                balance_management=alice.balance_management, created_at=clock.now(),
            )  # fmt: skip
            session.add(client)
            session.flush()
            wallet.open_for(session, client)
            client.activated_at = clock.now()
            firms.append(client.id)

    def one(client_id: int) -> Fault | None:
        with database.session(SUNNY) as session:
            try:
                with session.begin():
                    vouchers.redeem(
                        session, client_id=client_id, code="Spring-27", by=cast.sam, today=TODAY
                    )
            except VoucherNotValid as refused:
                return refused.why
        return None

    with ThreadPoolExecutor(12) as threads:
        assert Counter(threads.map(one, firms)) == {None: 10, Fault.USED_UP: 190}
    with database.across_resellers() as session:
        assert proof.prove(session).agrees
    with database.session(SUNNY) as session:
        held = [wallet.balance(session, session.get_one(Client, (SUNNY, each))) for each in firms]
    assert sorted(held, reverse=True)[:11] == [5 * UNIT] * 10 + [0]
