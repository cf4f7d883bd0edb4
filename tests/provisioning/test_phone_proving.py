"""Trial credit: once for a client, a telephone and an address, for a code that came back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import access, erasure, phone_checks, quotas, trial_credit, wallet
from portal.accounts.errors import WrongCode
from portal.accounts.models import Activity, Client
from portal.accounts.phone_checks import PER_CLIENT, PER_NETWORK, PER_PHONE
from portal.accounts.quotas import Mode
from portal.accounts.sign_up_hints import Kind
from portal.accounts.sign_up_models import SignUpRecord
from portal.accounts.trial_credit import Given, TrialHadBefore
from portal.accounts.trial_models import PhoneCheck, TrialCredit
from portal.infra import clock, translation
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.throttle import TooOften
from portal.ledger import proof as ledger_proof
from portal.messaging.errors import InvalidNumber
from portal.messaging.models import Message
from portal.provisioning import phone_proving
from portal.provisioning.phone_proving import PhoneNotTaken
from portal.reports import fee_discrepancies
from portal.tenancy import settings
from portal.tenancy.trial_rules import TrialRules
from tests.accounts.test_sign_up_hints import hints, signed_up
from tests.cast import UNIT, Cast, Firm

PHONE = "+12025550143"
WORDS = translation.catalogue("en")
RULES = {"amount": 2 * UNIT, "countries": ["US"], "codes_a_day": 50}


@pytest.fixture
def rules(session: ResellerSession, cast: Cast) -> TrialRules:
    """Sunny gives two dollars, and sends codes from Henry's sub-account."""
    quotas.set_mode(
        session, sub_account_id=cast.henry.sub_account_id, mode=Mode.UNLIMITED, by=cast.sam
    )
    made = TrialRules(sub_account_id=cast.henry.sub_account_id, **RULES)
    settings.change(session, trial=made)
    session.flush()
    return made


def client_of(session: ResellerSession, firm: Firm) -> Client:
    return access.client_by_id(session, actor=firm.owner, client_id=firm.client_id)


def send(session: ResellerSession, firm: Firm, phone: str = PHONE) -> str:
    """The code that went to a telephone."""
    phone_proving.send_code(
        session, client_id=firm.client_id, phone=phone, by=firm.owner, words=WORDS
    )
    session.flush()
    said = session.scalars(
        select(Message.text).where(Message.recipient == phone).order_by(Message.id.desc()).limit(1)
    ).one()
    found = re.search(r"\d{6}", said)
    assert found is not None
    return found.group()


def confirm(session: ResellerSession, firm: Firm, code: str) -> int | None:
    return phone_proving.confirm(session, client_id=firm.client_id, code=code, by=firm.owner)


@pytest.mark.parametrize(
    "without",
    [{"amount": 0}, {"countries": []}, {"sub_account_id": None}, {"sub_account_id": 1}],
    ids=str,
)
def test_without_all_of_the_rules_nothing_is_offered(
    session: ResellerSession, cast: Cast, rules: TrialRules, without: dict[str, object]
) -> None:
    alice = client_of(session, cast.alice)
    assert trial_credit.offered(session, alice) == rules
    settings.change(session, trial={**rules.model_dump(), **without})
    assert trial_credit.offered(session, alice) is None
    with pytest.raises(TrialHadBefore):
        send(session, cast.alice)


def test_codes_are_sent_from_what_is_unlimited_and_open(
    session: ResellerSession, cast: Cast, rules: TrialRules
) -> None:
    assert [each.id for each in trial_credit.senders(session)] == [rules.sub_account_id]
    quotas.set_mode(session, sub_account_id=cast.henry.sub_account_id, mode=Mode.MONEY, by=cast.sam)
    session.flush()
    assert trial_credit.senders(session) == []
    assert trial_credit.offered(session, client_of(session, cast.alice)) is None


@pytest.mark.usefixtures("rules")
def test_only_who_signed_up_confirmed_and_is_new_is_offered_it(
    session: ResellerSession, cast: Cast
) -> None:
    alice, walter = client_of(session, cast.alice), client_of(session, cast.walter)
    assert trial_credit.offered(session, walter) is None  # not let in
    confirmed, activated = alice.email_confirmed_at, alice.activated_at
    alice.email_confirmed_at = None
    assert trial_credit.offered(session, alice) is None
    alice.email_confirmed_at = confirmed
    alice.activated_at = clock.now() - trial_credit.OFFERED_FOR - timedelta(minutes=1)
    assert trial_credit.offered(session, alice) is None
    alice.activated_at, alice.currency = activated, "EUR"
    assert trial_credit.offered(session, alice) is None
    alice.currency = "USD"
    assert trial_credit.offered(session, alice) is not None
    session.delete(session.get(SignUpRecord, (session.reseller_id, alice.id)))
    session.flush()
    assert trial_credit.offered(session, alice) is None  # entered by staff


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("+49 151 23456789", PhoneNotTaken),
        ("+1 416 555 0143", PhoneNotTaken),
        ("+1 800 555 0143", PhoneNotTaken),
        ("+1 900 555 0143", InvalidNumber),
        ("12", InvalidNumber),
        ("+882 1234567890", InvalidNumber),
    ],
)
def test_a_code_goes_to_mobile_numbers_of_the_named_countries_only(
    typed: str, refused: type[Exception], rules: TrialRules
) -> None:
    with pytest.raises(refused):
        phone_proving.read_phone(typed, country="US", rules=rules)
    assert phone_proving.read_phone("(202) 555-0143", country="US", rules=rules) == PHONE


@pytest.mark.usefixtures("rules")
def test_a_wrong_an_old_and_a_used_code_are_worth_nothing(
    session: ResellerSession, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WrongCode):
        confirm(session, cast.alice, "123456")
    first = send(session, cast.alice)
    code = send(session, cast.alice)
    for wrong in {"", "12345", "１２３４５６", f"{(int(code) + 1) % 10**6:06}", first} - {code}:
        with pytest.raises(WrongCode):
            confirm(session, cast.alice, wrong)
    now = clock.now()
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now + phone_checks.GOOD_FOR + timedelta(seconds=1))
        with pytest.raises(WrongCode):
            confirm(session, cast.alice, code)
    assert confirm(session, cast.alice, code) == 2 * UNIT
    with pytest.raises(WrongCode):
        confirm(session, cast.alice, code)


@pytest.mark.usefixtures("rules")
def test_the_credit_is_a_gift_and_the_code_costs_the_cover(
    session: ResellerSession, cast: Cast
) -> None:
    alice = client_of(session, cast.alice)
    before = wallet.balance(session, alice)
    code = send(session, cast.alice)
    message = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    assert (message.client_id, message.price, message.cost) == (cast.henry.client_id, 0, 9_000)
    assert message.text == f"{code} is your code for SunnyText. It works for 10 minutes."
    assert confirm(session, cast.alice, code) == 2 * UNIT
    assert wallet.balance(session, alice) == before + 2 * UNIT
    [moved] = wallet.movements(session, alice, limit=1)
    assert (moved.code, moved.amount) == ("trial_credit", 2 * UNIT)
    with pytest.raises(NotFound):  # nothing that staff could take back as their own payment
        wallet.reverse(
            session, client_id=alice.id, transfer_id=moved.transfer_id, by=cast.sam, reason="-"
        )
    assert (alice.phone, phone_checks.proven(session, client_id=alice.id)) == (PHONE, PHONE)
    assert trial_credit.given(session) == Given(1, 2 * UNIT)
    assert trial_credit.offered(session, alice) is None
    acts = session.scalars(
        select(Activity.what).where(Activity.client_id == alice.id).order_by(Activity.id.desc())
    ).all()
    assert acts[:3] == ["client.trial_credit", "client.phone_proven", "client.phone_code"]
    assert ledger_proof.prove(session).disagreements == []
    assert list(fee_discrepancies.trial_credits(session)) == []


@pytest.mark.usefixtures("rules")
def test_a_telephone_brings_it_once(session: ResellerSession, cast: Cast) -> None:
    assert confirm(session, cast.alice, send(session, cast.alice)) == 2 * UNIT
    henry = client_of(session, cast.henry)
    before = wallet.balance(session, henry)
    assert confirm(session, cast.henry, send(session, cast.henry)) is None
    assert wallet.balance(session, henry) == before
    assert phone_checks.proven(session, client_id=henry.id) == PHONE


@pytest.mark.usefixtures("rules")
def test_an_address_brings_it_once_whatever_stands_behind_its_plus(
    session: ResellerSession, cast: Cast
) -> None:
    assert confirm(session, cast.alice, send(session, cast.alice)) == 2 * UNIT
    henry = client_of(session, cast.henry)
    assert trial_credit.offered(session, henry) is not None
    henry.email = "Alice+more@ACME.test"
    assert trial_credit.offered(session, henry) is None


def test_the_database_refuses_a_second_one_too(
    session: ResellerSession, cast: Cast, rules: TrialRules
) -> None:
    confirm(session, cast.alice, send(session, cast.alice))
    had = session.scalars(select(TrialCredit)).one()
    for same in ({"phone_hash": had.phone_hash}, {"email_hash": had.email_hash}):
        facts = {"phone_hash": "p", "email_hash": "e", **same}
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(
                TrialCredit(
                    client_id=cast.henry.client_id, transfer_id=had.transfer_id,
                    amount=rules.amount, currency="USD", credited_at=clock.now(), **facts,
                )
            )  # fmt: skip


@pytest.mark.usefixtures("rules")
def test_who_comes_again_after_an_erasure_has_had_it(session: ResellerSession, cast: Cast) -> None:
    confirm(session, cast.alice, send(session, cast.alice))
    erasure.erase(session, client_id=cast.alice.client_id, by=cast.sam)
    assert session.get(PhoneCheck, (session.reseller_id, cast.alice.client_id)) is None
    again = signed_up(session, email="alice+2@acme.test")
    assert (Kind.TRIAL_BEFORE, "", 0) in hints(session, again)
    by_phone = signed_up(session, email="x@else.test", phone=PHONE)
    assert (Kind.TRIAL_BEFORE, "", 0) in hints(session, by_phone)
    assert hints(session, signed_up(session, email="y@other.test")) == [
        (Kind.SAME_NETWORK, "198.51.100.7", 2)
    ]


def test_codes_are_counted_by_telephone_client_network_and_day(
    session: ResellerSession, cast: Cast
) -> None:
    def count(client_id: int, phone: str, address: str, a_day: int = 50) -> None:
        phone_checks.count_code(
            session, client_id=client_id, phone=phone, address=address, a_day=a_day
        )

    for number in range(PER_PHONE.count_max):
        count(number, PHONE, f"192.0.2.{number}")
    with pytest.raises(TooOften):
        count(99, PHONE, "192.0.2.99")
    for number in range(PER_CLIENT.count_max):
        count(500, f"+1202555{number:04}", f"198.51.100.{number}")
    with pytest.raises(TooOften):
        count(500, "+12025559999", "198.51.100.99")
    for number in range(PER_NETWORK.count_max):
        count(600 + number, f"+1303555{number:04}", "203.0.113.1")
    with pytest.raises(TooOften):
        count(699, "+13035559999", "203.0.113.1")
    with pytest.raises(TooOften):
        count(700, "+14045559999", "203.0.113.77", a_day=3)


def test_countries_that_are_not_open_for_the_sender_are_named(
    session: ResellerSession, cast: Cast
) -> None:
    def closed() -> list[str]:
        return trial_credit.closed_countries(
            session, sub_account_id=cast.henry.sub_account_id, countries=["US", "FR"]
        )

    assert closed() == ["FR"]
    session.execute(update(Client).values(countries=["*"]))
    session.expire_all()
    assert closed() == []


@pytest.mark.usefixtures("rules")
def test_the_proof_names_a_trial_that_is_not_what_was_moved(
    session: ResellerSession, cast: Cast
) -> None:
    confirm(session, cast.alice, send(session, cast.alice))
    had = session.scalars(select(TrialCredit.transfer_id)).one()
    session.execute(text("UPDATE trial_credits SET amount = amount + 1"))
    assert list(fee_discrepancies.trial_credits(session)) == [
        (
            f"reseller {session.reseller_id}, transfer {had}: the trial is 2000001 USD for client"
            f" {cast.alice.client_id}, moved were 2000000 USD"
        )
    ]
    session.execute(text("DELETE FROM trial_credits"))
    assert list(fee_discrepancies.trial_credits(session)) == [
        f"reseller {session.reseller_id}, transfer {had}: credited for a trial that nobody had"
    ]
