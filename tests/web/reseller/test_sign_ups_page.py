"""The inbox of sign-ups: who waits, an answer for one or for many, and who may not."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from portal.accounts import clients, confirming, signing_up, wallet
from portal.accounts.models import Client
from portal.accounts.statuses import Standing
from portal.infra.db import Database
from portal.notifications.models import Mail
from portal.pricing import selling
from portal.web.parts import paging
from tests.builders.conditions import in_one_currency
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit


def waiting(
    database: Database, *names: str, language: str = "en", confirmed: bool = True
) -> list[int]:
    """Clients that wait, by their companies."""
    made = []
    with database.session(SUNNY) as session, session.begin():
        for name in names:
            client = signing_up.sign_up(
                session,
                form=signing_up.SignUp(
                    email=f"{name.lower()}@{name.lower()}.test", password="a long enough password",
                    firstname="Nora", lastname="New", company=name, country="US",
                    language=language,
                ),
                origin="http://sunny.localhost",
                came=signing_up.Origin(address=f"198.51.100.{len(name)}"),
            )  # fmt: skip
            assert client is not None
            if confirmed:
                confirming.note(session, client, address="198.51.100.1")
            made.append(client.id)
    return made


def opened(visit: Visit, cast: Cast) -> Browser:
    """Sam's browser on the inbox."""
    browser = visit(cast.sam)
    browser.get("/reseller/sign-ups")
    return browser


def standing(database: Database, client_id: int) -> Standing:
    with database.session(SUNNY) as session:
        return session.get_one(Client, (SUNNY, client_id)).standing


def package_id(database: Database) -> str:
    with database.session(SUNNY) as session:
        return str(session.scalars(text("SELECT id FROM packages WHERE name = 'Starter'")).one())


def several(browser: Browser, path: str, client_ids: list[int], **fields: str) -> Seen:
    """Send ids as the ticked boxes are sent."""
    return browser.post(path, client=[str(each) for each in client_ids], **fields)


def test_who_waits_is_shown_newest_first_and_counted(
    visit: Visit, database: Database, cast: Cast
) -> None:
    waiting(database, "Older", "Newer")
    waiting(database, "Silent", confirmed=False)
    seen = visit(cast.sam).get("/reseller/sign-ups")
    places = [seen.text.index(name) for name in ("Silent", "Newer", "Older", "Waiting")]
    assert places == sorted(places)
    assert "3 requests wait for you." in seen.text
    assert "1 person has not confirmed" in seen.text
    assert "address not confirmed" in seen.text
    assert "Nothing stands out." in seen.text


def test_an_empty_inbox_says_so(visit: Visit, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        clients.refuse(
            session, client_id=cast.walter.client_id, by=cast.sam, reason="No", origin="http://x"
        )
    assert "Nobody waits" in visit(cast.sam).get("/reseller/sign-ups").text


def test_one_is_let_in_from_its_row(visit: Visit, database: Database, cast: Cast) -> None:
    (one,) = waiting(database, "One")
    browser = opened(visit, cast)
    seen = browser.post(
        "/reseller/sign-ups/activate", client=str(one), row="1", package=package_id(database)
    )
    assert (seen.status, seen.location) == (303, "/reseller/sign-ups")
    assert "One is active and has been told." in browser.follow(seen).text
    assert standing(database, one) is Standing.ACTIVE


def test_several_are_let_in_with_one_package(visit: Visit, database: Database, cast: Cast) -> None:
    made = waiting(database, "One", "Two", "Three")
    browser = opened(visit, cast)
    seen = several(browser, "/reseller/sign-ups/activate", made[:2], package="")
    assert "2 clients are active and have been told." in browser.follow(seen).text
    assert [standing(database, each) for each in made] == [
        Standing.ACTIVE, Standing.ACTIVE, Standing.WAIT,
    ]  # fmt: skip


@pytest.mark.parametrize("door", ["row", "ticked", "page"])
@pytest.mark.parametrize("ticked", [False, True])
def test_the_set_up_fee_is_charged_where_it_is_ticked(
    *, visit: Visit, database: Database, cast: Cast, door: str, ticked: bool
) -> None:
    (one,) = waiting(database, "One")
    said = in_one_currency("USD", setup_fee=2_000_000)
    with database.session(SUNNY) as session, session.begin():
        dear = selling.sell(session, name="Zest", conditions=said, by=cast.sam).id
    browser = opened(visit, cast)
    where = {
        "row": ("/reseller/sign-ups/activate", {"client": str(one), "row": "1"}),
        "ticked": ("/reseller/sign-ups/activate", {"client": str(one)}),
        "page": (f"/reseller/clients/{one}/activate", {}),
    }
    path, chosen = where[door]
    page = browser.get(path.removesuffix("/activate"))
    assert "Charge the package's set-up fee now" in page.text
    seen = browser.post(path, **chosen, package=str(dear), **({"setup_fee": "y"} if ticked else {}))
    assert seen.status == 303
    with database.session(SUNNY) as session:
        client = session.get_one(Client, (SUNNY, one))
        assert wallet.balance(session, client) == (-2_000_000 if ticked else 0)


def test_what_cannot_be_done_for_one_is_said_and_done_for_the_others(
    visit: Visit, database: Database, cast: Cast
) -> None:
    made = waiting(database, "One", "Two")
    with database.session(SUNNY) as session, session.begin():
        clients.refuse(session, client_id=made[0], by=cast.sam, reason="No", origin="http://x")
        session.get_one(Client, (SUNNY, cast.walter.client_id)).currency = "EUR"
    chosen = [*made, cast.walter.client_id, cast.berta.client_id, 7]
    seen = several(
        opened(visit, cast), "/reseller/sign-ups/activate", chosen, package=package_id(database)
    )
    assert seen.status == 200
    assert "Two is active and has been told." in seen.text
    assert "One : Somebody else has answered this request." in seen.text
    assert "Waiting : The package has no prices in the currency of this client." in seen.text
    assert seen.text.count("A client that is gone : The request") == 2
    assert "Buchladen" not in seen.text
    assert standing(database, made[1]) is Standing.ACTIVE
    assert standing(database, cast.walter.client_id) is Standing.WAIT
    with database.session(2) as session:
        assert session.get_one(Client, (2, cast.berta.client_id)).standing is Standing.ACTIVE


def test_several_are_refused_each_in_their_own_language(
    visit: Visit, database: Database, cast: Cast
) -> None:
    (one,) = waiting(database, "One")
    (two,) = waiting(database, "Two")
    browser = opened(visit, cast)
    seen = several(
        browser, "/reseller/sign-ups/refuse", [one, two], ready="country", own="Sorry\u202e."
    )
    assert "2 requests are refused" in browser.follow(seen).text
    with database.session(SUNNY) as session:
        reasons = [session.get_one(Client, (SUNNY, each)).refused_reason for each in (one, two)]
        mails = session.scalars(select(Mail).where(Mail.notice == "refused")).all()
    assert reasons == ["We do not serve your country. Sorry."] * 2
    assert {mail.recipient for mail in mails} == {"one@one.test", "two@two.test"}


@pytest.mark.parametrize(
    ("path", "fields", "complaint"),
    [
        ("activate", {"package": ""}, "Tick those whom you want to let in."),
        ("refuse", {"ready": "full"}, "Tick those whom you want to refuse."),
        (
            "refuse",
            {"ready": "", "own": " \u200b", "client": "*"},
            "Choose a reason, or write one.",
        ),
        ("refuse", {"ready": "", "own": "", "client": "*"}, "Choose a reason, or write one."),
        ("refuse", {"ready": "", "client": "*"}, "Choose a reason, or write one."),
        ("refuse", {"ready": "x", "client": "*"}, "Not a valid choice"),
        ("refuse", {"own": "x" * 201, "client": "*"}, "longer than 200"),
        ("activate", {"package": "12345", "client": "*"}, "Not a valid choice"),
        ("activate", {"package": "", "client": "abc"}, "Tick those"),
        ("activate", {"package": "", "client": "9" * 30}, "Tick those"),
    ],
)
@pytest.mark.parametrize("in_a_row", [False, True])
def test_what_is_wrong_is_said_and_nothing_is_done(
    *, visit: Visit, database: Database, cast: Cast, path: str, fields: dict[str, str],
    complaint: str, in_a_row: bool,
) -> None:  # fmt: skip
    (one,) = waiting(database, "One")
    sent = {key: str(one) if value == "*" else value for key, value in fields.items()}
    seen = opened(visit, cast).post(
        f"/reseller/sign-ups/{path}", **sent, **({"row": "1"} if in_a_row else {})
    )
    assert (seen.status, complaint in seen.text) == (422, True)
    assert standing(database, one) is Standing.WAIT


def test_a_row_of_another_reseller_is_not_there(visit: Visit, cast: Cast) -> None:
    seen = opened(visit, cast).post(
        "/reseller/sign-ups/activate", client=str(cast.berta.client_id), row="1", package=""
    )
    assert seen.status == 404


def test_who_may_only_read_sees_no_forms(visit: Visit, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.execute(
            text("UPDATE people SET role = 'staff_reader' WHERE id = :id"),
            {"id": cast.sam.person_id},
        )
    browser = visit(cast.sam)
    seen = browser.get("/reseller/sign-ups")
    assert (seen.status, "Waiting" in seen.text, "/activate" in seen.html) == (200, True, False)
    assert browser.post("/reseller/sign-ups/activate", client="1", package="").status == 403


def test_names_are_inert(visit: Visit, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        walter = session.get_one(Client, (SUNNY, cast.walter.client_id))
        walter.company = "<script>alert(1)</script>{{7*7}}"
    html = visit(cast.sam).get("/reseller/sign-ups").html
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in html


def test_a_long_inbox_has_pages(visit: Visit, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.execute(
            text(
                "INSERT INTO clients (reseller_id, id, number, email, country, language, time_zone,"
                " currency, balance_management, created_at) SELECT 1, 10 + n, n,"
                " 'n' || n || '@x.test', 'US', 'en', 'UTC', 'USD', 'SOFT', now()"
                " FROM generate_series(1, :count) AS n"
            ),
            {"count": paging.ROWS_MAX},
        )
    browser = visit(cast.sam)
    first = browser.get("/reseller/sign-ups")
    second = browser.get(first.link("next"))
    assert "n1@x.test" in second.text
    assert "Waiting" in first.text
