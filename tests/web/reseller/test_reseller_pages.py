"""A reseller's first page, its messages, its packages and its log."""

from __future__ import annotations

from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.billing import assignments
from portal.pricing import packages, selling
from tests.builders.conditions import in_one_currency

A, B, C = "+12025550101", "+12025550102", "+12025550103"


def test_the_first_page_says_what_needs_the_staff(visit, cast, sent):
    sent(cast.alice.owner, A)
    sent(cast.henry.owner, B)
    seen = visit(cast.sam).get("/reseller/")
    assert seen.status == 200
    assert "1 Clients waiting for activation" in seen.text
    assert "$999.98 Your cover" in seen.text
    assert 'title="$999.982"' in seen.html
    assert "2 Messages today" in seen.text
    assert "$0.02 Revenue this month" in seen.text
    assert 'title="$0.0276"' in seen.html
    assert f'href="/reseller/clients/{cast.walter.client_id}"' in seen.html


def test_the_first_page_of_another_reseller_knows_nothing_of_it(visit, cast, sent):
    sent(cast.alice.owner, A)
    seen = visit(cast.hanna).get("/reseller/?lang=en")
    assert "0 Messages today" in seen.text
    assert "Walter" not in seen.text


def test_messages_have_cost_price_and_profit(visit, cast, sent):
    sent(cast.alice.owner, A, "a" * 161)
    sent(cast.henry.owner, B)
    seen = visit(cast.sam).get("/reseller/messages")
    assert seen.status == 200
    assert seen.rows() == 2
    assert "+1 202-555-0101 Acme On its way 2 $0.018 $0.0276 $0.0096" in seen.text
    assert "2 messages in all 3 $0.027 $0.0414 $0.0144" in seen.text


def test_what_a_bundle_gave_is_marked_and_said_to_bring_its_money_elsewhere(
    visit, cast, sent, database
):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        package = packages.create(
            session, name="Talker", conditions=in_one_currency("USD", bundle_parts=1)
        )
        assignments.assign(
            session,
            sub_account_id=cast.alice.sub_account_id,
            package_id=package.id,
            by=cast.sam,
            on=selling.today(session),
        )
    sent(cast.henry.owner, B)
    sam = visit(cast.sam)
    assert "Included" not in sam.get("/reseller/messages").text
    sent(cast.alice.owner, A, "a" * 161)
    sent(cast.alice.owner, A)
    seen = sam.get("/reseller/messages")
    assert "On its way 2 $0.018 $0.009 1 included -$0.009" in seen.text
    assert "“Included” messages are paid by the fee of the package or in advance." in seen.text
    assert "$0.009 1 included" in visit(cast.alice.owner).get("/messages").text


def test_totals_are_of_what_is_filtered(visit, cast, sent):
    sent(cast.alice.owner, A, "One")
    sent(cast.henry.owner, B, "Two")
    seen = visit(cast.sam).get("/reseller/messages?q=two")
    assert seen.rows() == 1
    assert "1 message in all 1 $0.009 $0.0138 $0.0048" in seen.text


def test_a_filter_that_is_none_is_said_beside_it(visit, cast):
    seen = visit(cast.sam).get("/reseller/messages?until=soon")
    assert (seen.status, seen.value_of("until")) == (422, "soon")


def test_the_number_of_statements_does_not_grow_with_messages(visit, cast, sent, counted):
    sent(cast.alice.owner, A)
    sam = visit(cast.sam)
    sam.get("/reseller/messages")
    with counted() as with_one:
        assert sam.get("/reseller/messages").rows() == 1
    sent(cast.henry.owner, B)
    sent(cast.alice.owner, C)
    with counted() as with_three:
        assert sam.get("/reseller/messages").rows() == 3
    assert len(with_one) == len(with_three)


def test_a_message_shows_staff_what_it_earns(visit, cast, sent):
    number = sent(cast.alice.owner, A)
    seen = visit(cast.sam).get(f"/reseller/messages/{number}")
    assert seen.status == 200
    assert "Client Acme" in seen.text
    assert "Cost 1 × $0.009 $0.009 Profit $0.0048" in seen.text
    assert "$0.0138" in seen.text


def test_another_resellers_message_looks_like_none(visit, cast, sent):
    number = sent(cast.berta.owner, "+4915112345678")
    sam = visit(cast.sam)
    strange, missing = sam.get(f"/reseller/messages/{number}"), sam.get("/reseller/messages/1")
    assert strange.status == missing.status == 404
    assert strange.anonymous_html == missing.anonymous_html


def test_packages_and_rates_are_there_to_read(visit, cast):
    seen = visit(cast.sam).get("/reseller/packages")
    assert seen.status == 200
    assert "Starter A part costs what you pay for it + $0.0025 + 20 %. $0.00 0 2 –" in seen.text
    assert "United States +1 $0.009" in seen.text
    assert "Germany +49 $0.06" in seen.text
    assert "Poland +48500 $0.02" in seen.text


def test_billing_reads_prices_and_a_client_does_not(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        person = session.get(Person, (cast.sam.reseller_id, cast.sam.person_id))
        person.role = Role.STAFF_BILLING.value
    assert visit(cast.sam).get("/reseller/packages").status == 200
    assert visit(cast.alice.owner).get("/reseller/packages").status == 404


def test_the_log_says_who_did_what_to_whom(visit, cast):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    sam.post(f"{path}/suspend", reason="spam")
    seen = sam.get("/reseller/activity")
    assert seen.status == 200
    assert "Sam Tester 127.0.0.1 suspended the client Acme spam" in seen.text
    assert "Buchladen" not in seen.text


def test_the_log_has_pages(visit, cast, sent):
    sam = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    for number in range(26):
        sam.post(f"{path}/suspend", reason=f"time no. {number}.")
        sam.post(f"{path}/lift")
    newest = sam.get("/reseller/activity")
    assert (newest.rows(), "no. 25." in newest.text, "no. 0." in newest.text) == (50, True, False)
    assert "no. 0." in sam.get(newest.link("next")).text
