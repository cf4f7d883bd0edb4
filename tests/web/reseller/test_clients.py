"""A reseller's clients: the list, one of them, and what staff may do about it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import access, client_list, sub_accounts, wallet
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra import clock
from portal.infra.kept_answers import recall
from portal.notifications.models import Mail
from portal.pricing import packages, selling
from tests.builders.conditions import in_one_currency
from tests.cast import UNIT


@pytest.mark.parametrize(
    "act",
    [
        "activate",
        "refuse",
        "suspend",
        "lift",
        "payment",
        "charge",
        "balance-management",
        "sub-accounts",
        "view-as",
        "transactions/1/reverse",
    ],
)
def test_another_resellers_client_looks_like_none(visit, cast, act):
    sam = visit(cast.sam)
    sam.get("/reseller/")
    fields = {
        "reason": "why",
        "amount": "1",
        "description": "what",
        "key": "a-key",
        "management": "HARD",
        "name": "Main",
        "user": "somebody",
    }
    strange = sam.post(f"/reseller/clients/{cast.berta.client_id}/{act}", **fields)
    missing = sam.post(f"/reseller/clients/1/{act}", **fields)
    assert strange.status == missing.status == 404
    assert strange.anonymous_html == missing.anonymous_html


def test_a_client_has_no_staff_pages(visit, cast):
    for path in ("/reseller/", "/reseller/clients", f"/reseller/clients/{cast.alice.client_id}"):
        assert visit(cast.alice.owner).get(path).status == 404


@pytest.mark.parametrize("act", ["payment", "charge"])
def test_support_may_not_move_money(visit, cast, database, act):
    _make(database, cast.sam, Role.STAFF_SUPPORT)
    sam = visit(cast.sam)
    sam.get("/reseller/")
    path = f"/reseller/clients/{cast.alice.client_id}/{act}"
    assert sam.post(path, amount="1", description="x", key="k").status == 403


@pytest.mark.parametrize("act", ["activate", "refuse", "suspend", "lift", "view-as"])
def test_billing_may_not_manage_clients(visit, cast, database, act):
    _make(database, cast.sam, Role.STAFF_BILLING)
    sam = visit(cast.sam)
    sam.get("/reseller/")
    assert sam.post(f"/reseller/clients/{cast.alice.client_id}/{act}").status == 403


def test_the_list_has_each_client_with_its_standing_and_balance(visit, cast):
    seen = visit(cast.sam).get("/reseller/clients")
    assert seen.status == 200
    assert seen.rows() == 3
    assert "100003 Waiting Waiting walter@waiting.test – Waiting $0.00" in seen.text
    assert "100001 Acme Acme alice@acme.test – Active $100.00" in seen.text
    assert "Buchladen" not in seen.text


def test_the_list_is_narrowed_by_the_address(visit, cast):
    sam = visit(cast.sam)
    by_name = sam.get("/reseller/clients?q=acm")
    assert (by_name.rows(), "Acme" in by_name.text) == (1, True)
    assert by_name.value_of("q") == "acm"
    waiting = sam.get("/reseller/clients?status=WAIT")
    assert (waiting.rows(), "Walter" in waiting.text or "Waiting" in waiting.text) == (1, True)
    assert sam.get("/reseller/clients?q=nobody").rows() == 0
    assert sam.get("/reseller/clients?status=SLEEPING").status == 422


def test_the_number_of_statements_does_not_grow_with_clients(visit, cast, counted):
    sam = visit(cast.sam)
    sam.get("/reseller/clients")
    with counted() as with_one:
        assert sam.get("/reseller/clients?status=WAIT").rows() == 1
    with counted() as with_three:
        assert sam.get("/reseller/clients").rows() == 3
    assert len(with_one) == len(with_three)


def test_a_clients_page_has_its_facts_and_money(visit, cast, sent):
    number = sent(cast.alice.owner, "+12025550101")
    seen = visit(cast.sam).get(f"/reseller/clients/{cast.alice.client_id}")
    assert seen.status == 200
    assert "Balance $99.9862" in seen.text
    assert "Main alice@acme.test Package: Starter pays with money" in seen.text
    money = visit(cast.sam).get(f"/reseller/clients/{cast.alice.client_id}/money")
    assert "Payment: Opening Sam Tester $100.00 $100.00" in money.text
    assert f'href="/reseller/messages/{number}">Message</a>' in money.html


def test_activation_lets_a_client_in_with_a_package(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.walter.client_id}"
    sam.get(path)
    seen = sam.follow(sam.post(f"{path}/activate"))
    assert "Waiting is active and has been told." in seen.text
    with database.session(cast.sam.reseller_id) as session:
        client = access.client_by_id(session, actor=cast.sam, client_id=cast.walter.client_id)
        (first,) = access.sub_accounts_of(session, client_id=client.id)
        assert client.standing is Standing.ACTIVE
        assert (first.name, first.user) == ("Main", str(client.number))
        assert first.package_id is not None
        assert _mails(session, "walter@waiting.test")[-1] == "activated"


@pytest.mark.parametrize(
    ("fees", "said"),
    [
        ({}, "Zest<"),
        ({"monthly_fee": 5 * UNIT}, "Zest ($5.00 a month)<"),
        ({"setup_fee": 2 * UNIT}, "Zest ($2.00 once)<"),
        ({"monthly_fee": 5 * UNIT, "setup_fee": 2 * UNIT}, "Zest ($5.00 a month, $2.00 once)<"),
    ],
)
def test_the_choice_of_a_package_says_its_fees(visit, cast, database, fees, said):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        selling.sell(session, name="Zest", conditions=in_one_currency("USD", **fees), by=cast.sam)
    seen = visit(cast.sam).get(f"/reseller/clients/{cast.walter.client_id}")
    assert said in seen.html


def test_the_cheapest_package_is_the_one_offered(visit, cast, database):
    dear = in_one_currency("USD", monthly_fee=5 * UNIT)
    with database.session(cast.sam.reseller_id) as session, session.begin():
        selling.sell(session, name="Absolute", conditions=dear, by=cast.sam)
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.walter.client_id}"
    assert re.search(r"<option selected[^>]*>Starter<", sam.get(path).html)
    sam.post(f"{path}/activate")
    assert "Main" in sam.get(path).text
    with database.session(cast.sam.reseller_id) as session:
        (first,) = access.sub_accounts_of(session, client_id=cast.walter.client_id)
        assert packages.by_id(session, first.package_id).name == "Starter"


def test_activation_without_a_package_leaves_it_at_that(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.walter.client_id}"
    assert "none: nothing can be sent" in sam.get(path).html
    sam.post(f"{path}/activate", package="")
    with database.session(cast.sam.reseller_id) as session, session.begin():
        (first,) = access.sub_accounts_of(session, client_id=cast.walter.client_id)
        assert first.package_id is None
        selling.set_defaults(
            session,
            in_one_currency("USD", markup_fixed=5_000),
            valid_from=selling.today(session),
            by=cast.sam,
        )
    assert "none: your defaults hold" in sam.get(f"{path}/sub-accounts").html


def test_a_client_is_activated_once(visit, cast):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.walter.client_id}"
    sam.get(path)
    sam.post(f"{path}/activate")
    assert sam.post(f"{path}/activate").status == 409


def test_a_refusal_needs_a_reason_and_tells_it(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.walter.client_id}"
    sam.get(path)
    asked = sam.post(f"{path}/refuse", reason="  ")
    assert asked.status == 422
    assert "Please give a reason." in asked.text
    seen = sam.follow(sam.post(f"{path}/refuse", reason="No firm of this name"))
    assert "Waiting is refused and has been told why." in seen.text
    with database.session(cast.sam.reseller_id) as session:
        client = access.client_by_id(session, actor=cast.sam, client_id=cast.walter.client_id)
        assert (client.standing, client.refused_reason) == (
            Standing.REFUSED,
            "No firm of this name",
        )
        assert _mails(session, "walter@waiting.test")[-1] == "refused"


def test_a_refusal_is_shown_and_taken_back(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.walter.client_id}"
    sam.get(path)
    sam.post(f"{path}/refuse", reason="No firm of this name.")
    refused = sam.get(path)
    assert "No firm of this name." in refused.text
    assert "Was it a mistake?" in refused.text
    seen = sam.follow(sam.post(f"{path}/take-refusal-back"))
    assert "The request of Waiting waits again." in seen.text
    assert "No firm of this name." not in seen.text
    with database.session(cast.sam.reseller_id) as session:
        client = access.client_by_id(session, actor=cast.sam, client_id=cast.walter.client_id)
        assert (client.standing, client.refused_reason) == (Standing.WAIT, "")
        assert _mails(session, "walter@waiting.test")[-1] == "refused"
    assert sam.post(f"{path}/take-refusal-back").status == 409
    assert sam.post(f"{path}/activate", package="").status == 303


def test_a_suspension_needs_a_reason_and_can_be_lifted(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    assert sam.post(f"{path}/suspend", reason="").status == 422
    seen = sam.follow(sam.post(f"{path}/suspend", reason="spam"))
    assert "Suspended by staff" in seen.text
    assert sam.post(f"{path}/suspend", reason="again").status == 409
    lifted = sam.follow(sam.post(f"{path}/lift"))
    assert "The suspension of Acme is lifted." in lifted.text
    assert "Suspended by staff" not in lifted.text


def test_a_payment_is_credited_once_however_often_it_is_clicked(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    key = sam.get(f"{path}/money").value_of("key")
    for _ in range(2):
        answer = sam.post(f"{path}/payment", amount="12.50", description="Cash", key=key)
    seen = sam.follow(answer)
    assert "Payment: Cash Sam Tester $12.50 $112.50" in seen.text
    assert _balance(database, cast.alice) == 112_500_000


def test_another_amount_in_a_form_that_was_sent_asks_again(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    key = sam.get(f"{path}/money").value_of("key")
    sam.post(f"{path}/payment", amount="1", description="Cash", key=key)
    seen = sam.post(f"{path}/payment", amount="2", description="Cash", key=key)
    assert seen.status == 422
    assert "This form was sent before." in seen.text
    assert _balance(database, cast.alice) == 101 * UNIT


def test_a_second_click_before_the_first_is_answered_pays_nothing_more(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    key = sam.get(f"{path}/money").value_of("key")
    with database.session(cast.sam.reseller_id) as first:
        recall(first, owner_id=cast.alice.client_id, endpoint="web.payment", key=key, asked=b"")
        answer = sam.post(f"{path}/payment", amount="1", description="Cash", key=key)
        assert "This is being done already." in sam.follow(answer).text
    assert _balance(database, cast.alice) == 100 * UNIT


def test_a_suspended_client_can_be_paid_for_and_goes_on(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        wallet.charge(
            session,
            client_id=cast.henry.client_id,
            amount=100 * UNIT,
            description="all",
            by=cast.sam,
        )
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.henry.client_id}"
    before = sam.get(f"{path}/money")
    assert "Suspended by balance" in before.text
    key = before.value_of("key")
    seen = sam.follow(sam.post(f"{path}/payment", amount="5", description="Cash", key=key))
    assert "Suspended by balance" not in seen.text


@pytest.mark.parametrize("amount", ["12,50", "1e3", "-1", " 1", "1_000", "NaN", "x"])
def test_an_amount_that_is_none_is_said_beside_it(visit, cast, database, amount):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    key = sam.get(f"{path}/money").value_of("key")
    seen = sam.post(f"{path}/payment", amount=amount, description="Cash", key=key)
    assert seen.status == 422
    assert "Write the amount with digits and a point, as in 12.50." in seen.text
    assert seen.value_of("payment-amount") == amount
    assert seen.value_of("payment-description") == "Cash"
    assert seen.value_of("charge-amount") == ""
    assert _balance(database, cast.alice) == 100 * UNIT


def test_nothing_is_no_payment(visit, cast):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    seen = sam.post(f"{path}/payment", amount="0", description="Cash", key="k")
    assert (seen.status, "An amount is above zero." in seen.text) == (422, True)


def test_a_charge_that_a_hard_client_cannot_pay_names_both_amounts(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.henry.client_id}"
    sam.get(path)
    key = "a key"
    seen = sam.post(f"{path}/charge", amount="100.01", description="Fee", key=key)
    assert seen.status == 422
    assert "The balance is $100.00, and may not fall by $100.01." in seen.text
    assert _balance(database, cast.henry) == 100 * UNIT
    answer = sam.post(f"{path}/charge", amount="99", description="Fee", key=key)
    assert "Charge: Fee Sam Tester -$99.00 $1.00" in sam.follow(answer).text


def test_a_transaction_is_reversed_once_for_a_reason(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    key = sam.get(f"{path}/money").value_of("key")
    paid = sam.follow(sam.post(f"{path}/payment", amount="5", description="Mistake", key=key))
    reverse = re.search(rf'href="({path}/transactions/\d+/reverse)"', paid.html)[1]
    asked = sam.get(reverse)
    assert "Payment: Mistake" in asked.text
    assert "$5.00" in asked.text
    refused = sam.post(reverse, reason="")
    assert (refused.status, "Please give a reason." in refused.text) == (422, True)
    seen = sam.follow(sam.post(reverse, reason="another client's"))
    assert "Reversal: another client&#39;s" in seen.html
    assert _balance(database, cast.alice) == 100 * UNIT
    assert sam.post(reverse, reason="again").status == 404


def test_a_message_cannot_be_reversed_by_hand(visit, cast, sent, database):
    sent(cast.alice.owner, "+12025550101")
    with database.session(cast.sam.reseller_id) as session:
        client = access.client_by_id(session, actor=cast.sam, client_id=cast.alice.client_id)
        charged = wallet.movements(session, client, limit=1)[0]
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}/transactions/{charged.transfer_id}/reverse"
    assert sam.get(path).status == 404


def test_soft_and_hard_and_the_credit_limit(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    sam.follow(sam.post(f"{path}/balance-management", management="SOFT", credit_limit="20"))
    with database.session(cast.sam.reseller_id) as session:
        client = access.client_by_id(session, actor=cast.sam, client_id=cast.alice.client_id)
        assert (client.balance_management, client.credit_limit) == (
            BalanceManagement.SOFT,
            20 * UNIT,
        )
    assert sam.get(f"{path}/money").value_of("balance-credit-limit") == "20.00"


def test_a_limit_below_the_debt_is_refused_with_the_debt(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        wallet.charge(
            session,
            client_id=cast.alice.client_id,
            amount=130 * UNIT,
            description="much",
            by=cast.sam,
        )
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    seen = sam.post(f"{path}/balance-management", management="SOFT", credit_limit="20")
    assert seen.status == 422
    assert "The client owes $30.00 already." in seen.text
    assert seen.value_of("balance-credit-limit") == "20"


def test_a_sub_account_shows_its_password_once(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    made = sam.post(f"{path}/sub-accounts", name="Shop", user="acme-shop", package="")
    assert made.status == 200
    password = re.search(r"<copy-text[^>]*><code>([^<]+)</code>", made.html)[1]
    with database.session(cast.sam.reseller_id) as session:
        found = sub_accounts.by_credentials(session, user="acme-shop", api_password=password)
        assert found.client_id == cast.alice.client_id
    assert password not in sam.get(path).html


def test_a_user_name_that_is_taken_or_none_is_said_beside_it(visit, cast):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    taken = sam.post(f"{path}/sub-accounts", name="Shop", user="henry@hardware.test", package="")
    assert (taken.status, "This is taken already." in taken.text) == (422, True)
    none = sam.post(f"{path}/sub-accounts", name="Shop", user="Not One", package="")
    assert none.status == 422
    assert "A user name has small letters, digits and . _ @ - only." in none.text
    assert none.value_of("sub-account-user") == "Not One"


def test_staff_sees_the_portal_as_a_client_and_leaves_again(visit, cast):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    seen = sam.follow(sam.post(f"{path}/view-as", reason=""))
    assert "You are looking at the portal as Acme sees it" in seen.text
    assert "$100.00" in seen.text
    assert sam.post("/send", to="+12025550101", text="Hello", key="k").status == 403
    assert sam.follow(sam.post("/leave")).status == 200
    log = sam.get(f"{path}/activity").text
    assert "went into the client's place" in log
    assert "left the client's place" in log


def test_with_a_reason_staff_may_act_for_a_client_but_has_no_keys(visit, cast, database):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    sam.follow(sam.post(f"{path}/view-as", reason="asked us to send it"))
    key = sam.get("/send").value_of("key")
    assert sam.post("/send", to="+12025550101", text="Hello", key=key).status == 303
    assert "Make a key" not in sam.get("/account").text
    assert sam.post("/account/keys", name="Mine").status == 403
    sam.post("/leave")
    told = "did something in your place in your place sent a message"
    assert told in visit(cast.alice.owner).get("/activity").text


def test_when_the_half_hour_is_over_staff_are_led_back_and_told(visit, cast):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    for method in (sam.get, sam.post):
        sam.follow(sam.post(f"{path}/view-as", reason="asked us to send it"))
        with clock.pretending(clock.now() + timedelta(minutes=31)):
            led = method("/send")
            assert (led.status, led.location) == (303, path)
            assert "Your time in the client's place is over." in sam.follow(led).text
            assert sam.get("/send").status == 404


def test_somebody_who_waits_cannot_be_looked_over(visit, cast):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.walter.client_id}"
    sam.get(path)
    assert sam.post(f"{path}/view-as", reason="").status == 409


def _make(database, actor, role):
    with database.session(actor.reseller_id) as session, session.begin():
        session.get(Person, (actor.reseller_id, actor.person_id)).role = role.value


def _balance(database, firm):
    with database.session(firm.reseller_id) as session:
        (found,) = [c for c in client_list.search(session) if c.client.id == firm.client_id]
        return found.balance


def _mails(session, address):
    return list(
        session.scalars(select(Mail.notice).where(Mail.recipient == address).order_by(Mail.id))
    )
