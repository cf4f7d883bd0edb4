"""Confirm an address: with the link of the mail alone, once, within a day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from portal.accounts import confirming, unconfirmed
from portal.accounts.models import Client, OneTimeLink, Person
from portal.accounts.sign_up_models import ApprovalLink, SignUpRecord
from portal.accounts.statuses import Standing
from portal.http.wiring import current
from portal.infra import clock
from portal.infra.db import Database
from portal.notifications.models import Mail
from portal.tenancy import settings
from portal.tenancy.admission import Admission
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

FILLED_IN = {
    "firstname": "Nora",
    "lastname": "New",
    "company": "New & Co.",
    "email": "nora@newfirm.test",
    "country": "US",
    "phone": "202 555 0143",
    "password": "a long enough password",
}
LINK = re.compile(r"http://sunny\.localhost:8000(/signup/confirm/[\w-]+)")


def client_of(database: Database, email: str = "nora@newfirm.test") -> Client | None:
    with database.session(SUNNY) as session:
        return session.scalars(select(Client).where(Client.email == email)).one_or_none()


def links(database: Database, email: str = "nora@newfirm.test") -> list[str]:
    """The paths in the mails to an address, the oldest first."""
    with database.session(SUNNY) as session:
        mails = session.scalars(
            select(Mail)
            .where(Mail.notice == "signup_confirm", Mail.recipient == email)
            .order_by(Mail.id)
        )
        found = [LINK.search(each.text) for each in mails]
    return [each[1] for each in found if each]


def notices(database: Database) -> list[str]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(Mail.notice).order_by(Mail.id.desc()).limit(2)))


def rule(app: Flask, database: Database, **values: object) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, admission=Admission.model_validate(values))
    with app.app_context():
        current().tenants.forget()


def test_nobody_looks_at_a_request_before_the_address_is_confirmed(
    visit: Visit, database: Database
) -> None:
    browser = visit()
    browser.post("/signup", **FILLED_IN)
    made = client_of(database)
    assert made is not None
    assert (made.standing, made.email_confirmed_at) == (Standing.WAIT, None)
    assert notices(database)[0] == "signup_confirm"
    signed_in = browser.post("/login", email=made.email, password=FILLED_IN["password"])
    assert "Open the link in the e-mail" in signed_in.text


def test_to_open_the_link_does_nothing_and_to_send_its_form_does_it_once(
    visit: Visit, database: Database
) -> None:
    browser = visit()
    browser.post("/signup", **FILLED_IN)
    (path,) = links(database)
    for _ in range(2):
        seen = browser.get(path)
        assert (seen.status, "Yes, this is my address" in seen.text) == (200, True)
        assert "New & Co." in seen.text
    done = browser.post(path)
    assert (done.status, "your address is confirmed" in done.text) == (200, True)
    made = client_of(database)
    assert made is not None
    assert made.standing is Standing.WAIT
    assert made.email_confirmed_at is not None
    assert set(notices(database)) == {"signup_received", "signup_notice"}
    for again in (browser.get(path), browser.post(path)):
        assert (again.status, "does not work any more" in again.text) == (410, True)
    signed_in = browser.post("/login", email=made.email, password=FILLED_IN["password"])
    assert "Nothing is left for you to do" in signed_in.text


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 200, "%3Cb%3E"])
def test_what_is_no_link_opens_nothing(visit: Visit, token: str) -> None:
    assert visit().get(f"/signup/confirm/{token}").status == 410


def test_a_link_is_too_old_after_a_day(visit: Visit, database: Database) -> None:
    browser = visit()
    browser.post("/signup", **FILLED_IN)
    (path,) = links(database)
    with time_machine.travel(clock.now() + confirming.GOOD_FOR + timedelta(seconds=1)):
        assert browser.post(path).status == 410
    made = client_of(database)
    assert made is not None
    assert made.email_confirmed_at is None


def test_a_link_of_one_reseller_works_on_no_other_host(
    visit: Visit, database: Database, cast: Cast
) -> None:
    visit().post("/signup", **FILLED_IN)
    (path,) = links(database)
    assert visit(host=cast.harbour_host).get(path).status == 410


def test_links_of_other_kinds_confirm_nothing(visit: Visit, database: Database) -> None:
    browser = visit()
    browser.post("/signup", **FILLED_IN)
    (path,) = links(database)
    with database.session(SUNNY) as session, session.begin():
        session.execute(text("UPDATE one_time_links SET purpose = 'password_reset'"))
    assert browser.get(path).status == 410


def test_another_link_is_asked_for_by_a_job_for_whoever_it_is(
    visit: Visit, database: Database
) -> None:
    browser = visit()
    browser.post("/signup", **FILLED_IN)
    answers = [
        browser.post("/signup/again", email=email)
        for email in ("Nora@newfirm.test", "alice@acme.test", "nobody@else.test")
    ]
    assert {(each.status, each.location) for each in answers} == {(303, "/signup/done")}
    with database.session(SUNNY) as session:
        asked = session.scalars(
            text(
                "SELECT args ->> 'person_id' IS NOT NULL FROM procrastinate_jobs"
                " WHERE task_name = 'sign_ups.mail_link' ORDER BY id"
            )
        ).all()
        person = session.scalars(select(Person).where(Person.email == "nora@newfirm.test")).one()
    assert asked == [True, True, False]
    with database.session(SUNNY) as session, session.begin():
        confirming.mail_link(session, person_id=person.id, origin="http://sunny.localhost:8000")
    first, second = links(database)
    assert browser.post(second).status == 200
    assert browser.post(first).status == 410


def test_who_has_nothing_to_confirm_is_mailed_nothing(
    visit: Visit, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        for person_id in (cast.alice.owner.person_id, cast.walter.owner.person_id,
                          cast.sam.person_id, 1):  # fmt: skip
            assert person_id is not None
            confirming.mail_link(session, person_id=person_id, origin="http://sunny.localhost")
        mails = session.scalar(
            select(func.count()).select_from(Mail).where(
                Mail.notice == "signup_confirm", Mail.created_at > clock.ago(seconds=5),
                Mail.client_id.in_([cast.alice.client_id, cast.walter.client_id]),
            )
        )  # fmt: skip
        assert mails == 0


def test_asking_again_is_slowed_down(visit: Visit, database: Database) -> None:
    browser = visit()
    browser.post("/signup", **FILLED_IN)
    for _ in range(4):
        assert browser.post("/signup/again", email="nora@newfirm.test").status == 303
    with database.session(SUNNY) as session:
        asked = session.scalars(
            text(
                "SELECT args ->> 'person_id' IS NOT NULL FROM procrastinate_jobs"
                " WHERE task_name = 'sign_ups.mail_link' ORDER BY id"
            )
        ).all()
    assert asked == [True, True, True, False]
    statuses = [browser.post("/signup/again", email=f"n{n}@x.test").status for n in range(7)]
    assert statuses == [303] * 6 + [429]
    assert browser.post("/signup/again", email="nobody").status == 422


def test_trying_links_is_slowed_down(visit: Visit) -> None:
    browser = visit()
    assert [browser.get(f"/signup/confirm/{n}").status for n in range(11)] == [410] * 10 + [429]


def test_the_newest_sign_up_of_an_address_counts_until_one_is_confirmed(
    visit: Visit, database: Database
) -> None:
    browser = visit()
    browser.post("/signup", **{**FILLED_IN, "firstname": "Mallory", "password": "guess me if you"})
    before = client_of(database)
    browser.post("/signup", **FILLED_IN)
    made = client_of(database)
    assert before is not None
    assert made is not None
    assert (made.firstname, made.id != before.id) == ("Nora", True)
    paths = links(database)
    assert len(paths) == 1  # the mail of the first is forgotten with it
    assert browser.post(paths[0]).status == 200
    browser.post("/signup", **{**FILLED_IN, "firstname": "Mallory"})
    kept = client_of(database)
    assert kept is not None
    assert kept.firstname == "Nora"
    assert notices(database)[0] == "account_exists"


class TestUnconfirmed:
    """Who never confirms."""

    def remove(self, database: Database, *, after: timedelta) -> int:
        with (
            time_machine.travel(clock.now() + after),
            database.session(SUNNY) as session,
            session.begin(),
        ):
            return unconfirmed.remove_old(session)

    def test_goes_after_a_week_with_all_that_is_theirs(
        self, visit: Visit, database: Database, app: Flask
    ) -> None:
        rule(app, database, notice="at_once")
        visit().post("/signup", **FILLED_IN)
        assert self.remove(database, after=timedelta(days=6, hours=23)) == 0
        assert self.remove(database, after=timedelta(days=7, seconds=5)) == 1
        assert client_of(database) is None
        with database.session(SUNNY) as session:
            assert session.scalars(select(ApprovalLink)).all() == []
            people = set(session.scalars(select(Person.id)))
            assert set(session.scalars(select(OneTimeLink.person_id))) <= people
            assert session.scalars(
                select(Person).where(Person.email == "nora@newfirm.test")
            ).all() == []  # fmt: skip
            told = session.scalars(text("SELECT what FROM activity ORDER BY id DESC LIMIT 1")).one()
        assert told == "client.never_confirmed"
        visit().post("/signup", **FILLED_IN)
        assert client_of(database) is not None

    def test_stays_when_confirmed_and_so_does_who_was_never_asked_to(
        self, visit: Visit, database: Database, cast: Cast
    ) -> None:
        browser = visit()
        browser.post("/signup", **FILLED_IN)
        browser.post(links(database)[0])
        with database.session(SUNNY) as session, session.begin():
            walter = session.get_one(Client, (SUNNY, cast.walter.client_id))
            walter.email_confirmed_at = None
            record = session.get_one(SignUpRecord, (SUNNY, walter.id))
            session.delete(record)
        assert self.remove(database, after=timedelta(days=40)) == 0
        assert client_of(database) is not None

    def test_stays_where_something_else_is_kept_about_them(
        self, visit: Visit, database: Database
    ) -> None:
        visit().post("/signup", **FILLED_IN)
        with database.session(SUNNY) as session, session.begin():
            session.execute(
                text(
                    "INSERT INTO sender_names (reseller_id, client_id, name, approved_at)"
                    " SELECT reseller_id, id, 'New', now() FROM clients"
                    " WHERE email = 'nora@newfirm.test'"
                )
            )
        assert self.remove(database, after=timedelta(days=8)) == 0
        assert client_of(database) is not None


class TestRules:
    """What happens right after the confirmation."""

    @pytest.fixture
    def confirmed(
        self, visit: Visit, database: Database, app: Flask
    ) -> Callable[..., tuple[str, Client]]:
        def do(**values: object) -> tuple[str, Client]:
            rule(app, database, **values)
            browser = visit()
            browser.post("/signup", **FILLED_IN)
            seen = browser.post(links(database)[0])
            made = client_of(database)
            assert made is not None
            return seen.text, made

        return do

    def test_a_firm_that_is_known_is_let_in_with_the_package_for_it(
        self, confirmed: Callable[..., tuple[str, Client]], database: Database, visit: Visit
    ) -> None:
        with database.session(SUNNY) as session:
            package = session.scalars(text("SELECT id FROM packages WHERE name = 'Starter'")).one()
        said, made = confirmed(domains=["newfirm.test"], package_id=package)
        assert "Your account is active" in said
        assert made.standing is Standing.ACTIVE
        with database.session(SUNNY) as session:
            given = session.scalars(
                text("SELECT package_id FROM sub_accounts WHERE client_id = :id"), {"id": made.id}
            ).one()
            acts = session.scalars(
                text("SELECT what FROM activity WHERE client_id = :id ORDER BY id"),
                {"id": made.id},
            ).all()
        assert given == package
        assert acts[0] == "client.signed_up"
        assert acts[-1] == "client.decided_by_rule"
        assert "client.activated" in acts
        assert "signup_notice" not in notices(database)
        signed_in = visit().post("/login", email=made.email, password=FILLED_IN["password"])
        assert (signed_in.status, signed_in.location) == (303, "/dashboard")

    def test_a_package_that_is_gone_lets_nobody_in(
        self, confirmed: Callable[..., tuple[str, Client]], database: Database
    ) -> None:
        said, made = confirmed(domains=["newfirm.test"], package_id=12345)
        assert made.standing is Standing.WAIT
        assert "Our staff look at your request" in said
        assert set(notices(database)) == {"signup_received", "signup_notice"}

    def test_a_domain_below_a_known_one_is_another(
        self, confirmed: Callable[..., tuple[str, Client]]
    ) -> None:
        _, made = confirmed(domains=["firm.test", "x.newfirm.test"])
        assert made.standing is Standing.WAIT

    def test_a_country_that_is_refused_is_refused_with_the_reason(
        self, confirmed: Callable[..., tuple[str, Client]], database: Database
    ) -> None:
        said, made = confirmed(
            domains=["newfirm.test"], refused_countries=["US"], refused_reason="Not there."
        )
        assert (made.standing, made.refused_reason) == (Standing.REFUSED, "Not there.")
        assert "the answer by e-mail" in said
        assert notices(database)[0] == "refused"

    def test_a_country_that_waits_waits(self, confirmed: Callable[..., tuple[str, Client]]) -> None:
        _, made = confirmed(domains=["newfirm.test"], waiting_countries=["US"])
        assert made.standing is Standing.WAIT


def test_the_reseller_is_told_at_once_where_it_wants_that_and_only_once(
    visit: Visit, database: Database, app: Flask
) -> None:
    rule(app, database, notice="at_once")
    browser = visit()
    browser.post("/signup", **FILLED_IN)
    assert set(notices(database)) == {"signup_notice", "signup_confirm"}
    browser.post(links(database)[0])
    with database.session(SUNNY) as session:
        told = session.scalars(
            select(Mail.notice).where(Mail.notice == "signup_notice", Mail.text.contains("Nora"))
        ).all()
    assert told == ["signup_notice"]
