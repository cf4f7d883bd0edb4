"""A client as staff look after it: made, noted about, connected, changed with others, deleted."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from sqlalchemy import select, text
from werkzeug.datastructures import MultiDict

from portal.accounts import activity, timeline
from portal.accounts.models import Client, Person, SubAccount
from portal.accounts.roles import Role
from portal.accounts.statuses import Standing
from portal.infra import clock
from portal.notifications.models import Mail
from portal.numbers import stock
from portal.pricing import packages
from tests.cast import SUNNY, UNIT

NEW = {
    "company": "Café Ümit",
    "lastname": "Ümit",
    "country": "DE",
    "phone": "0151 23456789",
    "email": "umit@cafe.test",
    "language": "de",
    "time_zone": "Europe/Berlin",
    "currency": "USD",
    "management": "SOFT",
    "credit_limit": "20",
    "low_balance_threshold": "15",
    "sub_account_name": "Main",
    "package": "",
    "invited": "y",
}


@pytest.fixture
def sam(visit, cast):
    browser = visit(cast.sam)
    browser.get("/reseller/clients")
    return browser


@pytest.fixture
def alice(cast) -> str:
    return f"/reseller/clients/{cast.alice.client_id}"


def made(database, email="umit@cafe.test") -> Client | None:
    with database.session(SUNNY) as session:
        return session.scalars(select(Client).where(Client.email == email)).one_or_none()


def package_of(sam, alice, cast) -> str:
    page = sam.get(f"{alice}/sub-accounts/{cast.alice.sub_account_id}")
    return re.search(r'value="(\d+)">Starter', page.html)[1]


def beside(seen) -> list[str]:
    return re.findall(r'field-error">.*?<span>(.*?)</span>', seen.html, re.DOTALL)


class TestMaking:
    """A client that staff take in themselves."""

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"email": "a@b.test, c@d.test"}, "This is no e-mail address"),
            ({"email": "ALICE@acme.test"}, "Somebody signs in with this address already."),
            ({"company": "", "lastname": ""}, "Give a company or a last name."),
            ({"sub_account_user": "No User"}, "A user name has small letters"),
            ({"sub_account_user": "henry@hardware.test"}, "This is taken already."),
            ({"currency": "EUR"}, "Not a valid choice."),
            ({"next_billing_on": "2001-01-01"}, "Choose today, or a day within a year."),
            ({"phone": "call me"}, "This is no telephone number"),
            ({"low_balance_threshold": "0.5"}, "Write 1 or more, or nothing for no mail."),
        ],
    )
    def test_what_cannot_be_is_said_and_makes_nothing(self, sam, database, typed, said):
        key = sam.get("/reseller/clients/new").value_of("key")
        seen = sam.post("/reseller/clients/new", **{**NEW, "key": key, **typed})
        assert (seen.status, [each for each in beside(seen) if said in each] != []) == (422, True)
        assert made(database, typed.get("email", NEW["email"])) is None
        if "company" not in typed:
            assert seen.value_of("company") == NEW["company"]

    def test_it_is_made_once_and_shows_its_password_once(self, sam, database, alice, cast):
        key = sam.get("/reseller/clients/new").value_of("key")
        package = package_of(sam, alice, cast)
        fields = {**NEW, "key": key, "package": package}
        first = sam.post("/reseller/clients/new", **fields)
        assert first.status == 200
        assert "It is shown only now." in first.text
        password = re.search(r"<copy-text[^>]*><code>([^<]+)</code>", first.html)[1]
        again = sam.follow(sam.post("/reseller/clients/new", **fields))
        assert "The client was made already." in again.text
        assert password not in again.html
        other = sam.post("/reseller/clients/new", **{**fields, "company": "Other"})
        assert (other.status, "This form was sent before." in other.text) == (422, True)
        client = made(database)
        assert client.standing is Standing.ACTIVE
        assert (client.credit_limit, client.low_balance_threshold) == (20 * UNIT, 15 * UNIT)
        assert (client.phone, client.language, client.time_zone) == (
            "+4915123456789", "de", "Europe/Berlin",
        )  # fmt: skip
        with database.session(SUNNY) as session:
            (own,) = session.scalars(select(SubAccount).where(SubAccount.client_id == client.id))
            assert (own.user, str(own.package_id)) == (str(client.number), package)
            (owner,) = session.scalars(select(Person).where(Person.client_id == client.id))
            assert (owner.role, owner.invited_at is None) == (Role.OWNER, False)

    def test_its_password_may_be_chosen_at_once(self, sam, visit, database):
        key = sam.get("/reseller/clients/new").value_of("key")
        fields = {**NEW, "key": key, "password": "a quiet morning"}
        seen = sam.post("/reseller/clients/new", **fields)
        assert (seen.status, "a quiet morning" in seen.html) == (200, False)
        client = made(database)
        with database.session(SUNNY) as session:
            (owner,) = session.scalars(select(Person).where(Person.client_id == client.id))
            assert owner.invited_at is None
            jobs = session.scalars(text("SELECT task_name FROM procrastinate_jobs")).all()
            assert "people.mail_invitation" not in jobs
            told = activity.latest(session, client_id=client.id, limit=9)
            assert ("person.password_given", "Sam Tester") in {
                (each.what, each.person_name) for each in told
            }
        own = visit()
        inside = own.post("/login", email="umit@cafe.test", password="a quiet morning")
        assert (inside.status, inside.location) == (303, "/dashboard")

    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("short", "A password has at least 8 characters."),
            ("password123", "This is one of the passwords that are tried first."),
            ("umit@cafe.test", "This is too easy to guess for somebody who knows you."),
        ],
    )
    def test_a_bad_password_is_said_and_makes_nothing(self, sam, database, password, said):
        key = sam.get("/reseller/clients/new").value_of("key")
        seen = sam.post("/reseller/clients/new", **{**NEW, "key": key, "password": password})
        assert (seen.status, beside(seen)) == (422, [said])
        assert seen.value_of("password") == ""
        assert made(database) is None

    def test_a_prepaid_one_without_money_is_suspended_at_once(self, sam, database):
        key = sam.get("/reseller/clients/new").value_of("key")
        fields = {name: value for name, value in NEW.items() if name != "invited"}
        seen = sam.post("/reseller/clients/new", **{**fields, "key": key, "management": "HARD"})
        assert seen.status == 200
        client = made(database)
        assert (client.standing, client.credit_limit) == (Standing.SUSPENDED_BY_BALANCE, None)
        with database.session(SUNNY) as session:
            assert session.scalars(select(Mail).where(Mail.recipient == client.email)).all() == []


class TestFiles:
    """What the list shows, to keep."""

    def test_the_files_have_what_the_filter_shows(self, sam, database, cast):
        with database.session(SUNNY) as session, session.begin():
            client = session.get_one(Client, (SUNNY, cast.alice.client_id))
            client.company = '=cmd|"/c calc"!A0'
        table = sam.get("/reseller/clients.csv?q=alice").html.lstrip("\ufeff")
        heads, line = csv.reader(io.StringIO(table))
        facts = dict(zip(heads, line, strict=True))
        assert facts["Name"] == '\'=cmd|"/c calc"!A0'
        assert (facts["Number"], facts["Balance"], facts["Status"]) == ("100001", "100", "Active")
        assert sam.get("/reseller/clients.csv?status=SLEEPING").status == 422
        assert sam.get("/reseller/clients.xlsx?balance_below=x").status == 422

    def test_who_owes_more_than_an_amount(self, sam, cast):
        path = f"/reseller/clients/{cast.henry.client_id}"
        sam.get(path)
        sam.post(f"{path}/balance-management", management="SOFT", credit_limit="")
        sam.post(f"{path}/charge", amount="130", description="Fee", key="k")
        for below, found in (("-20", True), ("-50", False)):
            seen = sam.get(f"/reseller/clients?balance_below={below}")
            assert (seen.status, "Hardware" in seen.text, "Acme" in seen.text) == (
                200, found, False,
            )  # fmt: skip
            assert seen.value_of("balance_below") == below

    def test_a_spreadsheet_has_numbers(self, sam):
        answer = sam._client.get("/reseller/clients.xlsx", base_url=sam._base)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
        rows = list(sheet.iter_rows(values_only=True))
        assert len(rows) == 4
        assert rows[0][0] == "Number"
        assert (rows[1][0], rows[2][8]) == (100003, 100)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="clients.xlsx"'


def bulk(sam, path, *clients, **fields):
    """Send the form with these clients ticked."""
    data = MultiDict([*fields.items(), *(("client", str(each)) for each in clients)])
    data["csrf_token"] = sam._token
    return sam._seen(sam._client.post(path, base_url=sam._base, data=data))


class TestBulk:
    """One act on many."""

    PREVIEW, DONE = "/reseller/clients/bulk", "/reseller/clients/bulk/carry-out"

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"act": ""}, "Please fill this in."),
            ({"act": "erase"}, "Not a valid choice."),
            ({"act": "suspend"}, "Please give a reason."),
            ({"act": "package"}, "Choose a package."),
            ({"act": "lift"}, "Tick the clients that you mean."),
        ],
    )
    def test_what_is_missing_is_said(self, sam, cast, fields, said):
        ticked = () if fields["act"] == "lift" else (cast.alice.client_id,)
        for path in (self.PREVIEW, self.DONE):
            seen = bulk(sam, path, *ticked, key="k", **fields)
            assert (seen.status, said in seen.text) == (422, True)

    def test_the_preview_says_whom_it_touches_and_does_nothing(self, sam, cast, database):
        everyone = [each.client_id for each in (cast.alice, cast.henry, cast.walter)]
        fields = {"act": "suspend", "reason": "spam", "key": "k"}
        seen = bulk(sam, self.PREVIEW, *everyone, cast.berta.client_id, 7, **fields)
        assert seen.status == 200
        assert "It would be done to 2 clients" in seen.text
        assert "100003 Waiting It still waits to be activated." in seen.text
        assert "Buchladen" not in seen.text
        assert made(database, "alice@acme.test").standing is Standing.ACTIVE
        key = seen.value_of("key")
        for _ in range(2):
            done = bulk(sam, self.DONE, *everyone[:2], **{**fields, "key": key})
            assert "Done to 2 clients" in done.text
        client = made(database, "alice@acme.test")
        assert (client.standing, client.suspended_by_staff_reason) == (
            Standing.SUSPENDED_BY_STAFF, "spam",
        )  # fmt: skip
        reused = bulk(sam, self.DONE, everyone[0], **{**fields, "key": key})
        assert (reused.status, "This form was sent before." in reused.text) == (422, True)
        again = bulk(sam, self.PREVIEW, *everyone, **fields)
        assert "It would change nothing about any of them." in again.text
        lifted = bulk(sam, self.DONE, *everyone, act="lift", key="l")
        assert "Done to 2 clients" in lifted.text

    def test_all_that_the_filter_shows(self, sam, database):
        fields = {"act": "low_balance", "threshold": "25", "everything": "y"}
        seen = bulk(sam, f"{self.PREVIEW}?q=acme", **fields, key="a")
        assert "It would be done to 1 client" in seen.text
        done = bulk(sam, f"{self.DONE}?q=acme", **fields, key="b")
        assert "Done to 1 client" in done.text
        assert made(database, "alice@acme.test").low_balance_threshold == 25 * UNIT
        assert made(database, "henry@hardware.test").low_balance_threshold != 25 * UNIT

    def test_suspending_and_the_low_balance_mail_are_taken_back_by_a_click(
        self, sam, cast, database
    ):
        both = [cast.alice.client_id, cast.henry.client_id]
        was = made(database, "alice@acme.test").low_balance_threshold
        for fields in (
            {"act": "suspend", "reason": "wrong ones"},
            {"act": "low_balance", "threshold": "25"},
        ):
            done = bulk(sam, self.DONE, *both, key=fields["act"], **fields)
            again = bulk(sam, self.DONE, *both, key=fields["act"], **fields)
            assert "Done to 2 clients" in done.text
            for seen in (done, again):  # a second click offers it as well
                assert seen.html.count("Take back") == 1
            typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', done.html))
            key = re.search(r'name="key"[^>]*value="([^"]+)"', done.html)[1]
            back = bulk(
                sam, self.DONE, *both, act=typed["act"], threshold=typed["threshold"], key=key
            )
            assert "Done to 2 clients" in back.text
        client = made(database, "alice@acme.test")
        assert (client.standing, client.low_balance_threshold) == (Standing.ACTIVE, was)
        lifted = bulk(sam, self.DONE, *both, act="lift", key="l")
        assert "Take back" not in lifted.html

    def test_what_was_not_the_same_before_is_not_taken_back_at_once(self, sam, cast):
        fields = {"act": "low_balance", "threshold": "25"}
        bulk(sam, self.DONE, cast.alice.client_id, key="one", **fields)
        both = [cast.alice.client_id, cast.henry.client_id]
        done = bulk(sam, self.DONE, *both, key="two", act="low_balance", threshold="30")
        assert "Done to 2 clients" in done.text
        assert "Take back" not in done.html

    def test_a_package_is_given_to_every_sub_account(self, sam, cast, alice):
        package = package_of(sam, alice, cast)
        sam.post(f"{alice}/sub-accounts/{cast.alice.sub_account_id}/package", package="")
        chosen = [each.client_id for each in (cast.alice, cast.henry)]
        done = bulk(sam, self.DONE, *chosen, act="package", package=package, key="k")
        assert "Done to 1 client" in done.text
        assert "100002 Hardware It is so already." in done.text
        assert "Package: Starter" in sam.get(alice).text


class TestSubAccount:
    """What is connected to it, and its end."""

    def test_a_number_is_connected_and_named_before_it_is_closed(self, sam, alice, cast, database):
        with database.session(SUNNY) as session, session.begin():
            number = stock.add(session, number="+12025550188", by=cast.sam).id
        page = f"{alice}/sub-accounts/{cast.alice.sub_account_id}"
        assert "+12025550188 (US)" in sam.get(page).html
        assert sam.post(f"{page}/numbers", number="7").status == 422
        seen = sam.follow(sam.post(f"{page}/numbers", number=str(number)))
        assert "The number is connected." in seen.text
        assert "202-555-0188" in sam.get(f"{alice}/numbers").text
        assert "202-555-0188" in sam.get(alice).text
        refused = sam.follow(sam.post(f"{page}/close"))
        assert "Disconnect these numbers first: +12025550188." in refused.text
        assert sam.post(f"{page}/numbers/7/disconnect").status == 404
        assert "in stock again" in sam.follow(sam.post(f"{page}/numbers/{number}/disconnect")).text
        closed = sam.follow(sam.post(f"{page}/close"))
        assert "Until midnight you can take that back." in closed.text
        assert sam.get(page).status == 404
        opened = sam.follow(sam.post(f"{page}/reopen"))
        assert "The sub-account is open again, as it was." in opened.text
        assert sam.post(f"{page}/reopen").status == 404

    def test_its_sender_is_an_approved_one(self, sam, alice, cast):
        page = f"{alice}/sub-accounts/{cast.alice.sub_account_id}"
        for sender in ("Nobody", "Ä", "+12025550199"):
            refused = sam.post(f"{page}/change", name="Main", default_sender=sender)
            assert (refused.status, "may not send under this name" in refused.text) == (422, True)
        sam.follow(sam.post(f"{page}/change", name="Desk", default_sender="Acme"))
        assert (
            "Desk alice@acme.test Starter pays with money Acme"
            in sam.get(f"{alice}/sub-accounts").text
        )

    def test_a_new_password_is_shown_once(self, sam, alice, cast):
        page = f"{alice}/sub-accounts/{cast.alice.sub_account_id}"
        seen = sam.post(f"{page}/password")
        password = re.search(r"<copy-text[^>]*><code>([^<]+)</code>", seen.html)[1]
        assert password not in sam.get(page).html
        assert "made a new API password" in sam.get(f"{alice}/notes").text

    def test_closed_on_another_day_it_stays_closed(self, sam, alice, cast, database):
        page = f"{alice}/sub-accounts/{cast.alice.sub_account_id}"
        sam.post(f"{page}/close")
        with database.session(SUNNY) as session, session.begin():
            one = session.get_one(SubAccount, (SUNNY, cast.alice.sub_account_id))
            one.closed_at = clock.ago(days=2)
        assert "closed on an earlier day" in sam.follow(sam.post(f"{page}/reopen")).text

    def test_without_its_package_it_stays_closed(self, sam, alice, cast, database):
        page = f"{alice}/sub-accounts/{cast.alice.sub_account_id}"
        sam.post(f"{page}/close")
        with database.session(SUNNY) as session, session.begin():
            one = session.get_one(SubAccount, (SUNNY, cast.alice.sub_account_id))
            package = packages.by_id(session, one.closed_with_package_id)
            package.closed_at = clock.now()
        refused = sam.follow(sam.post(f"{page}/reopen"))
        assert "Its package Starter is no longer sold. Open a new one instead." in refused.text


class TestNotes:
    """Staff's own, and what happened."""

    def test_a_pinned_note_stands_above_every_page_and_the_client_never_reads_it(
        self, sam, alice, visit, cast
    ):
        empty = sam.post(f"{alice}/notes", text=" ")
        assert (empty.status, "Please fill this in." in empty.text) == (422, True)
        sam.follow(sam.post(f"{alice}/notes", text="Pays <b>late</b> quexbird", pinned="y"))
        for page in ("", "/money", "/sub-accounts", "/sending", "/data", "/delete"):
            seen = sam.get(f"{alice}{page}")
            assert "Pays &lt;b&gt;late&lt;/b&gt; quexbird" in seen.html
        own = visit(cast.alice.owner)
        for page in ("/", "/account", "/messages", "/statement", "/usage", "/prices"):
            assert "quexbird" not in own.get(page).html
        timeline_page = sam.get(f"{alice}/notes")
        note = re.search(r"/notes/(\d+)/remove", timeline_page.html)[1]
        assert "Payment" not in sam.get(f"{alice}/notes?show=notes").text
        sam.follow(sam.post(f"{alice}/notes/unpin"))
        assert "quexbird" not in sam.get(alice).html
        sam.follow(sam.post(f"{alice}/notes/{note}/pin"))
        assert "quexbird" in sam.get(alice).html
        sam.follow(sam.post(f"{alice}/notes/{note}/remove"))
        assert "quexbird" not in sam.get(f"{alice}/notes").html

    def test_payments_lead_to_the_transaction(self, sam, alice):
        link = re.search(rf'href="({alice}/money\?below=\d+#t\d+)"', sam.get(f"{alice}/notes").html)
        page, _, anchor = link[1].partition("#")
        assert f'id="{anchor}"' in sam.get(page).html

    def test_what_the_client_asked_is_among_them(self, sam, alice, cast, database):
        with database.session(SUNNY) as session, session.begin():
            timeline.add(
                session,
                client_id=cast.alice.client_id,
                kind="asked",
                text="How do I send?",
                by=cast.alice.owner,
            )
        assert "Asked by the client" in sam.get(f"{alice}/notes").text


class TestDeleting:
    """For good."""

    def test_what_is_to_settle_is_said_before(self, sam, alice, cast):
        seen = sam.get(f"{alice}/delete")
        assert "First disconnect its numbers and close its sub-accounts: Main." in seen.text
        refused = sam.post(f"{alice}/delete", typed_name="Acme")
        assert (refused.status, "Close these sub-accounts first: Main." in refused.text) == (
            422, True,
        )  # fmt: skip
        sam.post(f"{alice}/sub-accounts/{cast.alice.sub_account_id}/close")
        assert "It has money left: $100.00" in sam.get(f"{alice}/delete").text
        wrong = sam.post(f"{alice}/delete", typed_name="Hardware")
        assert "The client is not called so." in wrong.text
        undecided = sam.post(f"{alice}/delete", typed_name="Acme")
        assert "Choose what becomes of $100.00." in undecided.text
        done = sam.follow(sam.post(f"{alice}/delete", typed_name="acme", remaining="pay_out"))
        assert "The client is deleted. Your books are as they were." in done.text
        assert "Acme" not in done.text.replace("is deleted", "")
        after = sam.get(alice)
        assert (after.status, "#100001" in after.text) == (200, True)
        assert "Paid out as the account was closed" in sam.get(f"{alice}/money").text
        assert sam.post(f"{alice}/delete", typed_name="#100001").status == 409
        assert "This client is deleted already." in sam.get(f"{alice}/delete").text
        assert "erased.invalid" not in sam.get(alice).text
        assert "erased.invalid" not in sam.get("/reseller/clients?status=CLOSED").text

    def test_support_deletes_nobody(self, sam, alice, cast, database):
        with database.session(SUNNY) as session, session.begin():
            person = session.get_one(Person, (SUNNY, cast.sam.person_id))
            person.role = Role.STAFF_SUPPORT.value
        assert "/delete" not in sam.get(alice).html
        assert sam.get(f"{alice}/delete").status == 403


def test_messages_of_one_client_only(sam, alice, cast, sent):
    sent(cast.alice.owner, "+12025550101")
    sent(cast.henry.owner, "+12025550102")
    seen = sam.get(f"{alice}/messages")
    assert ("202-555-0101" in seen.text, "202-555-0102" in seen.text) == (True, False)
    assert sam.get(f"{alice}/messages?status=NONE").status == 422
