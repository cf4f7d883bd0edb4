"""A client's invoices: its own, to read, to print, and as PDF once that is made."""

from __future__ import annotations

import pytest

from portal.infra import clock
from portal.infra.db import Database
from portal.invoicing import invoices as verbs
from portal.invoicing import printing
from portal.invoicing.invoices import GivenBack
from portal.invoicing.printing import Printed
from portal.payments import settling
from portal.tenancy import settings
from portal.tenancy.display import Display, Service
from tests.builders import invoicing, paying
from tests.cast import SUNNY, UNIT, Cast
from tests.web.conftest import Visit


@pytest.fixture
def issued(database: Database, cast: Cast) -> tuple[int, str]:
    """An invoice of Alice's, beside one of Henry's."""
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session)
        made = invoicing.issue(session, cast.alice)
        invoicing.issue(session, cast.henry)
        return made.id, made.label


def test_before_the_first_the_page_says_so(visit: Visit, cast: Cast) -> None:
    assert "No invoices yet" in visit(cast.alice.owner).get("/invoices").text


def test_whose_page_hides_deposits_has_none(
    visit: Visit, cast: Cast, database: Database, issued: tuple[int, str]
) -> None:
    with database.session(SUNNY) as session, session.begin():
        hidden = Display(hidden=frozenset({Service.DEPOSITS}))
        settings.change(session, display=hidden.model_dump(mode="json"))
    for path in ("", f"/{issued[0]}", f"/{issued[0]}.pdf"):
        assert visit(cast.alice.owner).get(f"/invoices{path}").status == 404


def test_its_own_are_listed_and_no_others(
    visit: Visit, cast: Cast, issued: tuple[int, str]
) -> None:
    seen = visit(cast.alice.owner).get("/invoices")
    assert (seen.status, seen.rows()) == (200, 1)
    assert issued[1] in seen.text
    assert "$10.00" in seen.text or "€10.00" in seen.text


def test_one_is_read_as_it_is_on_paper(
    visit: Visit, cast: Cast, issued: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = visit(cast.alice.owner)
    seen = alice.get(f"/invoices/{issued[0]}")
    for words in ("Sunny Text GmbH", issued[1], "The PDF is being made", "€10.00"):
        assert words in seen.text, words
    monkeypatch.setattr(printing, "can_print", lambda: False)
    assert "Print this page instead" in alice.get(f"/invoices/{issued[0]}").text


def test_the_pdf_is_there_once_it_is_made(
    visit: Visit, cast: Cast, database: Database, issued: tuple[int, str]
) -> None:
    alice = visit(cast.alice.owner)
    assert "no PDF of it yet" in alice.follow(alice.get(f"/invoices/{issued[0]}.pdf")).text
    with database.session(SUNNY) as session, session.begin():
        printing.keep(session, issued[0], Printed(content=b"%PDF-1.7 it", with_data=True))
    assert "Save as PDF" in alice.get(f"/invoices/{issued[0]}").text
    answer = alice.raw(f"/invoices/{issued[0]}.pdf")
    assert (answer.status_code, answer.get_data()) == (200, b"%PDF-1.7 it")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{issued[1]}.pdf"'


def test_a_deposit_leads_to_what_was_issued_for_it(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session)
        paying.account(session, by=cast.sam)
        deposit = paying.begun(session, cast.alice)
        settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
        verbs.for_refund(
            session,
            GivenBack(deposit_id=deposit.id, cause_id=1, amount=UNIT, at=clock.now()),
        )
        number = deposit.id
    alice, sam = visit(cast.alice.owner), visit(cast.sam)
    year = clock.now().year
    for seen in (
        alice.get("/deposits"),
        alice.get(f"/deposits/{number}"),
        sam.get(f"/reseller/deposits/{number}"),
    ):
        assert (f"S-{year}-00001" in seen.text, f"S-{year}-00002" in seen.text) == (True, True)
