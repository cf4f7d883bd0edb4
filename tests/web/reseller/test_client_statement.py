"""A client's statement as staff see it: the month, its files, and whether it goes out by mail."""

from __future__ import annotations

from portal.accounts.models import Client, Person
from portal.accounts.roles import Role
from portal.infra import clock
from portal.infra.db import Database
from portal.infra.months import Month, month_of
from portal.invoicing import statement_papers
from portal.invoicing.statement_papers import Which
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit


def over(database: Database, cast: Cast) -> Month:
    """A month that is over, in which Alice had come."""
    month = month_of(clock.now().date()).before.before
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Client, (SUNNY, cast.alice.client_id)).activated_at = month.begins("UTC")
    return month


def test_a_foreign_client_is_none(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.berta.client_id}/statement"
    assert [sam.get(f"{page}{each}").status for each in ("", ".csv", ".pdf")] == [404] * 3
    sam.get("/reseller/clients")
    assert [sam.post(f"{page}/{each}").status for each in ("pdf", "mail")] == [404] * 2


def test_the_month_is_on_a_page_of_the_client(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.alice.client_id}/statement"
    assert f'href="{page}"' in sam.get(f"/reseller/clients/{cast.alice.client_id}").html
    seen = sam.get(page)
    assert (seen.status, seen.rows()) == (200, 1)
    assert "Payment: Opening $100.00 $100.00" in seen.text
    assert "At the end, or now $100.00" in seen.text
    assert sam.get(f"{page}?month=never").status == 422
    assert sam.get(f"{page}.csv?month=never").status == 422
    assert sam.get(f"{page}.pdf?month=never").status == 422
    assert sam.post(f"{page}/pdf?month=never").status == 422
    assert '"Payment: Opening"' in sam.get(f"{page}.csv").html


def test_it_is_put_on_paper(visit: Visit, cast: Cast, database: Database) -> None:
    month = over(database, cast)
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.alice.client_id}/statement"
    asked = f"month={month.key}&currency=USD"
    assert "Nothing was booked in this month." in sam.get(f"{page}?{asked}").text
    assert "no PDF of it yet" in sam.follow(sam.get(f"{page}.pdf?{asked}")).text
    assert "is being made" in sam.follow(sam.post(f"{page}/pdf?{asked}")).text
    with database.session(SUNNY) as session, session.begin():
        which = Which(client_id=cast.alice.client_id, month=month, currency="USD")
        statement_papers.keep(session, which, b"%PDF-1.7 it")
    assert sam.raw(f"{page}.pdf?{asked}").get_data() == b"%PDF-1.7 it"


def test_staff_has_it_mailed(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.alice.client_id}/statement"
    assert "gets no statements by e-mail" in sam.get(page).text
    seen = sam.follow(sam.post(f"{page}/mail", wanted="yes"))
    assert "gets its statement by e-mail once a month is over" in seen.text
    assert "goes to alice@acme.test as a PDF" in visit(cast.alice.owner).get("/statement").text
    seen = sam.follow(sam.post(f"{page}/mail", wanted="no"))
    assert "no statements by e-mail any more" in seen.text
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Person, (SUNNY, cast.sam.person_id)).role = Role.STAFF_READER.value
    assert visit(cast.sam).post(f"{page}/mail", wanted="yes").status == 403


def test_a_client_without_a_wallet_has_an_empty_one(visit: Visit, cast: Cast) -> None:
    seen = visit(cast.sam).get(f"/reseller/clients/{cast.walter.client_id}/statement")
    assert (seen.status, seen.rows()) == (200, 0)
    assert "By e-mail" not in seen.text
