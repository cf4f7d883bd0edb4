"""The words of mails: read, tried, kept and given back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.infra.db import Database
from portal.notifications import catalogue, mail_senders, outbox, wording
from portal.notifications.catalogue import Audience
from portal.notifications.models import Mail, Wording
from portal.web.reseller import text_words
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

PAGE = "/reseller/texts/low_balance/en"
WORDS = {"subject": "Only [balance] left", "body": "Hi [firstname],\n\n[balance] & <b>bye</b>"}


def kept(database: Database) -> wording.Words | None:
    with database.session(SUNNY) as session:
        return wording.own(session, "low_balance", language="en")


def test_every_mail_that_a_reseller_may_word_is_told_of() -> None:
    theirs = {key for key, each in catalogue.NOTICES.items() if each.audience != Audience.OPERATOR}
    assert set(text_words.ABOUT) == theirs
    for key in theirs:
        for name in catalogue.notice(key).values:
            assert text_words.variable(name)


def test_all_mails_with_their_languages(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        wording.save(session, "activated", language="de", subject="Hallo", body="[url]")
    seen = visit(cast.sam).get("/reseller/texts")
    assert seen.status == 200
    assert seen.html.count("mail-title") == len(text_words.ABOUT)
    assert seen.html.count("your own</span>") == 1
    assert "/reseller/texts/activated/de" in seen.html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"subject": ""}, "Please write something"),
        ({"body": "  "}, "Please write something"),
        ({"subject": "x" * 201}, "At most 200 characters"),
        ({"subject": "Hi\r\nBcc: all@example.org"}, "Take the line break out"),
        ({"body": "[balanse]"}, "There is no [balanse] here. Did you mean [balance]?"),
        ({"body": "Hi [firstname]"}, "The text needs [balance]"),
    ],
)
def test_what_is_refused(
    visit: Visit, cast: Cast, database: Database, fields: dict[str, str], said: str
) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    untouched = next(name for name in WORDS if name not in fields)
    for act in ("", "/test"):
        seen = sam.post(f"{PAGE}{act}", **{**WORDS, **fields})
        assert (seen.status, said in seen.text) == (422, True)
        assert {"subject": "Only [balance] left", "body": "&lt;b&gt;bye"}[untouched] in seen.html
    assert kept(database) is None
    frame = sam.post(f"{PAGE}/preview", **{**WORDS, **fields})
    assert (frame.status, said in frame.html) == (422, True)


def test_both_fields_are_told_of_at_once(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    seen = sam.post(PAGE, subject="Only [balanse] left", body="Dear [frstname], [balance]")
    assert seen.status == 422
    assert "There is no [balanse] here. Did you mean [balance]?" in seen.text
    assert "There is no [frstname] here. Did you mean [firstname]?" in seen.text


def test_the_preview_beside_what_was_typed_is_of_that(visit: Visit, cast: Cast) -> None:
    """Where no script runs, the frame keeps at least whose data it shows, and how."""
    sam = visit(cast.sam)
    assert "data-typed" not in sam.get(PAGE).html
    chosen = {"client": str(cast.alice.client_id), "show": "text"}
    seen = sam.post(f"{PAGE}/test", **WORDS, **chosen)
    assert "<live-preview data-typed>" in seen.html
    assert f'src="{PAGE}/preview?client={cast.alice.client_id}&amp;show=text"' in seen.html
    assert "<live-preview data-typed>" in sam.post(PAGE, **{**WORDS, "subject": ""}).html


def test_words_are_kept_compared_and_given_back(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    assert "What differs" not in sam.get(PAGE).text
    seen = sam.follow(sam.post(PAGE, **WORDS))
    assert "in these words from now on" in seen.text
    assert kept(database) == wording.Words(WORDS["subject"], WORDS["body"], "en")
    assert "<ins>Only </ins>" in seen.html
    assert (
        "<del>Your balance with [portal] is low: </del><ins>Only </ins>[balance] <ins>left</ins>"
        in seen.html
    )
    assert "have changed since you wrote yours" not in seen.text
    sam.post(PAGE, **WORDS)  # says the same, and is no act
    with database.session(SUNNY) as session, session.begin():
        row = session.scalars(select(Wording)).one()
        row.default_hash = "0" * 16
    assert "have changed since you wrote yours" in sam.get(PAGE).text
    assert "has the words again" in sam.follow(sam.post(f"{PAGE}/restore")).text
    assert kept(database) is None
    sam.post(f"{PAGE}/restore")
    with database.session(SUNNY) as session:
        acts = session.scalars(select(Activity.what).where(Activity.what.like("mail.%"))).all()
    assert acts == ["mail.reworded", "mail.restored"]


def test_a_language_of_its_own(visit: Visit, cast: Cast, database: Database) -> None:
    hanna = visit(cast.hanna)
    german = "/reseller/texts/low_balance/de"
    assert "Guthaben" in hanna.get(german).html
    hanna.post(german, subject="Knapp: [balance]", body="[balance]")
    assert "Knapp" in hanna.get(german).html
    assert "Knapp" not in hanna.get("/reseller/texts/low_balance/en").html
    assert kept(database) is None


@pytest.mark.parametrize(
    "path",
    [
        "/reseller/texts/books_disagree/en",
        "/reseller/texts/newsletter/en",
        "/reseller/texts/low_balance/xx",
        "/reseller/texts/low_balance/../en",
    ],
)
def test_what_is_no_mail_of_theirs_is_no_page(visit: Visit, cast: Cast, path: str) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    assert sam.get(path).status == 404
    for act in ("/preview", "/test", "/restore"):
        assert sam.post(f"{path}{act}", **WORDS).status == 404


def test_a_preview_is_the_mail_itself(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    light = sam.get(f"{PAGE}/preview")
    assert light.status == 200
    assert "Weber" in light.text
    assert "@media not all" in light.html
    dark = sam.get(f"{PAGE}/preview?show=dark")
    assert "@media all" in dark.html
    assert "prefers-color-scheme" not in dark.html
    alice = sam.get(f"{PAGE}/preview?client={cast.alice.client_id}&show=text")
    assert alice.html.startswith("Subject: Your balance with SunnyText is low: $100.00\n\n")
    assert "http://sunny.localhost:8000/" in alice.html
    typed = sam.post(f"{PAGE}/preview", **WORDS, client=str(cast.henry.client_id))
    assert "Hi Henry," in typed.html
    assert "$100.00 &amp; &lt;b&gt;bye&lt;/b&gt;" in typed.html
    assert "<b>bye" not in typed.html


def test_a_preview_is_from_whom_mails_are_from(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    assert "Sunny &amp; Sons" not in sam.get(f"{PAGE}/preview").html
    with database.session(SUNNY) as session, session.begin():
        mail_senders.change(session, name="Sunny & Sons", address="", reply_to="")
    assert "Sunny &amp; Sons" in sam.get(f"{PAGE}/preview").html


@pytest.mark.parametrize("client", ["x", "-1", "9" * 30, "١", "7"])
def test_a_client_that_is_none_is_the_sample(visit: Visit, cast: Cast, client: str) -> None:
    sam = visit(cast.sam)
    for asked in (client, str(cast.berta.client_id)):
        seen = sam.get(f"{PAGE}/preview?client={asked}&show=nonsense")
        assert (seen.status, "Weber" in seen.text) == (200, True)


def test_a_frame_runs_nothing_and_is_for_this_portal_alone(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    answer = sam._client.get(f"{PAGE}/preview", base_url="http://sunny.localhost")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("; sandbox")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_test_goes_to_who_asked_for_it(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    sam.get(PAGE)
    seen = sam.post(f"{PAGE}/test", **WORDS, client=str(cast.alice.client_id))
    assert seen.status == 200
    assert "A test is on its way to sam@sunny.test" in seen.text
    assert "Only [balance] left" in seen.html
    assert kept(database) is None
    with database.session(SUNNY) as session:
        mail = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        assert (mail.recipient, mail.client_id) == ("sam@sunny.test", None)
        assert mail.subject == f"{outbox.TEST_MARK} Only $100.00 left"
    answers = {sam.post(f"{PAGE}/test", **WORDS).status for _ in range(12)}
    assert answers == {200, 429}
