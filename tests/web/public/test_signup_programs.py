"""Programs that sign up: the field that nobody sees, the sum, and the counts."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Client
from portal.accounts.sign_up_models import SignUpRecord
from portal.infra import clock, work_proof
from portal.infra.db import Database
from portal.web.public import signup
from portal.web.public import work_proof as given
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

FILLED_IN = {
    "firstname": "Nora",
    "lastname": "New",
    "company": "",
    "email": "nora@newfirm.test",
    "country": "US",
    "phone": "",
    "password": "a long enough password",
}


@pytest.fixture(autouse=True)
def _easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums that are solved at once."""
    real = work_proof.is_right
    monkeypatch.setattr(
        work_proof, "is_right", lambda seed, number: real(seed, number, zero_bits=6)
    )


def solution_of(work: str) -> str:
    seed = work.partition(".")[0]
    return next(str(n) for n in itertools.count() if work_proof.is_right(seed, str(n)))


def record_of(database: Database, email: str = "nora@newfirm.test") -> SignUpRecord | None:
    with database.session(SUNNY) as session:
        return session.scalars(
            select(SignUpRecord)
            .join(Client, Client.id == SignUpRecord.client_id)
            .where(Client.email == email)
        ).one_or_none()


def test_the_hidden_field_is_met_by_no_keyboard_and_no_reader(visit: Visit) -> None:
    html = visit().get("/signup").html
    found = re.search(r'<div class="d-none" aria-hidden="true">.*?</div>', html, re.DOTALL)
    assert found is not None
    assert 'name="homepage"' in found[0]
    assert 'tabindex="-1"' in found[0]
    assert 'autocomplete="off"' in found[0]


def test_whoever_fills_it_in_is_asked_once_more_and_loses_nothing(
    visit: Visit, database: Database
) -> None:
    browser = visit()
    seen = browser.post("/signup", **FILLED_IN, homepage="http://spam.test")
    assert (seen.status, "send the form again" in seen.text) == (422, True)
    assert seen.value_of("firstname") == "Nora"
    assert seen.value_of("homepage") == ""
    assert record_of(database) is None
    assert browser.post("/signup", **FILLED_IN, homepage="").status == 303


def test_a_solved_sum_is_noted_with_the_clock_and_good_once(
    visit: Visit, database: Database
) -> None:
    browser = visit()
    work = browser.get("/signup").value_of("work")
    sent = {**FILLED_IN, "work": work, "solution": solution_of(work), "time_zone": "Europe/Paris"}
    assert browser.post("/signup", **sent).status == 303
    assert browser.post("/signup", **{**sent, "email": "twin@newfirm.test"}).status == 303
    first, second = record_of(database), record_of(database, "twin@newfirm.test")
    assert first is not None
    assert second is not None
    assert (first.calculated, first.time_zone, first.address) == (True, "Europe/Paris", "127.0.0.1")
    assert second.calculated is False


@pytest.mark.parametrize("spoil", ["work", "solution", "signature", "age", "host"])
def test_what_is_no_solution_of_a_sum_of_ours_counts_as_none(
    visit: Visit, database: Database, app: Flask, cast: Cast, spoil: str
) -> None:
    browser = visit()
    source = visit(host=cast.harbour_host) if spoil == "host" else browser
    work = source.get("/signup").value_of("work")
    solution = solution_of(work)
    later = timedelta(0)
    if spoil == "work":
        work = "nothing"
    elif spoil == "solution":
        solution = "no"
    elif spoil == "signature":
        work = "x" + work
        solution = solution_of(work)
    elif spoil == "age":
        later = given.GOOD_FOR + timedelta(seconds=5)
    with time_machine.travel(clock.now() + later):
        browser = visit()
        assert browser.post("/signup", **FILLED_IN, work=work, solution=solution).status == 303
    found = record_of(database)
    assert found is not None
    assert found.calculated is False


def test_without_the_sum_a_network_signs_up_three_times_an_hour(
    visit: Visit, database: Database
) -> None:
    browser = visit()
    statuses = [
        browser.post("/signup", **{**FILLED_IN, "email": f"n{n}@newfirm.test"}).status
        for n in range(signup.UNSOLVED.count_max + 1)
    ]
    assert statuses == [303] * 3 + [429]
    assert record_of(database, "n3@newfirm.test") is None
    work = browser.get("/signup").value_of("work")
    solved = {**FILLED_IN, "work": work, "solution": solution_of(work)}
    assert browser.post("/signup", **solved).status == 303


def test_a_form_that_is_shown_again_keeps_its_sum_until_it_is_spent(visit: Visit) -> None:
    browser = visit()
    work = browser.get("/signup").value_of("work")
    again = browser.post("/signup", **{**FILLED_IN, "email": "", "work": work, "solution": "1"})
    assert (again.status, again.value_of("work"), again.value_of("solution")) == (422, work, "1")
    for number in range(3):
        browser.post("/signup", **{**FILLED_IN, "email": f"n{number}@newfirm.test"})
    late = browser.post("/signup", **{**FILLED_IN, "work": work, "solution": "no"})
    assert (late.status, late.value_of("solution")) == (429, "")
    assert late.value_of("work") != work


@pytest.mark.parametrize(
    ("field", "value"),
    [("work", "x" * 201), ("solution", "1" * 13), ("time_zone", "x" * 41)],
)
def test_hidden_fields_are_bounded(
    visit: Visit, database: Database, field: str, value: str
) -> None:
    assert visit().post("/signup", **{**FILLED_IN, "work": "x", field: value}).status == 422
    assert record_of(database) is None


@pytest.mark.parametrize(
    "email",
    [
        "nora@newfirm.test\r\nBcc: all@x.test",
        "nora@newfirm.test\nX",
        "nora@newfirm.test, second@x.test",
        "nora@newfirm.test second@x.test",
        "nora@newfirm.test;second@x.test",
        '"nora"@newfirm.test',
        "nora@newfirm.test\x00",
        "n" * 10_240 + "@newfirm.test",
        "nora@" + "n" * 10_240 + ".test",
    ],
)
def test_what_is_not_one_address_is_none(visit: Visit, database: Database, email: str) -> None:
    seen = visit().post("/signup", **{**FILLED_IN, "email": email})
    assert seen.status in {400, 422}
    with database.session(SUNNY) as session:
        assert session.scalars(select(Client).where(Client.firstname == "Nora")).all() == []


def test_names_that_turn_text_are_straightened_and_markup_stays_text(
    visit: Visit, database: Database
) -> None:
    sent = {**FILLED_IN, "firstname": "\u202eNo\u2066ra\u2069", "lastname": "<b>New\x07\u200b</b>"}
    assert visit().post("/signup", **sent).status == 303
    with database.session(SUNNY) as session:
        made = session.scalars(select(Client).where(Client.email == FILLED_IN["email"])).one()
    assert (made.firstname, made.lastname) == ("Nora", "<b>New </b>")
