"""The record of mails: who reads it, what it shows and hides, and what can be done from it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.accounts import staff
from portal.accounts.models import Activity
from portal.accounts.roles import Role
from portal.infra import clock
from portal.infra.mail_errors import MailError, Trouble
from portal.notifications import mail_outcomes, outbox
from portal.notifications.models import Mail
from portal.tenancy import branding, pictures
from tests.builders import portal_folder
from tests.cast import HARBOUR, PASSWORD, SUNNY

PATH = "/reseller/mails"
SECRET = "http://sunny.localhost/reset/very-secret"


@pytest.fixture
def sams(visit, cast):
    browser = visit(cast.sam)
    browser.get(PATH)
    return browser


def write(database, notice="password_changed", *, to="ada@example.com", reseller_id=SUNNY, **more):
    with database.session(reseller_id) as session, session.begin():
        outbox.write(
            session, notice, to=to, language="en",
            values={"url": SECRET, "firstname": "<b>Ada</b>", "reason": "x"}, **more,
        )  # fmt: skip
        session.flush()
        return session.scalars(select(Mail.id).order_by(Mail.id.desc()).limit(1)).one()


def settle(database, mail_id, *, trouble=None, reason="", own=False, tries=1):
    with database.session(SUNNY) as session, session.begin():
        for _ in range(tries):
            mail_outcomes.begun(session, mail_id)
        mail = session.get_one(Mail, (SUNNY, mail_id))
        mail.through_own = own
        if trouble is None:
            mail_outcomes.sent(session, mail_id)
        else:
            mail_outcomes.refused(session, mail_id, MailError(reason, trouble=trouble))


def mails(database):
    with database.session(SUNNY) as session:
        return {each.id: each for each in session.scalars(select(Mail))}


def key_of(seen):
    return re.search(r'name="key"[^>]* value="([^"]+)"', seen.html)[1]


# The list


def test_the_list_has_every_mail_newest_first(sams, database, cast):
    first = write(database, "activated", client_id=cast.alice.client_id)
    second = write(database, to="nobody")
    seen = sams.get(PATH)
    assert seen.html.index(f"/mails/{second}") < seen.html.index(f"/mails/{first}")
    assert "This is no e-mail address." in seen.text
    assert "Acme" in seen.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Ada@", 1),
        ("q=nobody", 1),
        ("q=zzz", 0),
        ("state=waiting&q=ada%40example", 1),
        ("state=refused&q=ada%40example", 0),
        ("state=refused", 1),
        ("state=sent", 0),
        ("notice=activated&q=ada", 1),
        ("notice=low_balance", 0),
        ("until=2020-01-01", 0),
        ("since=9999-12-31", 0),
        ("until=0001-01-01", 0),
    ],
)
def test_it_is_narrowed_by_its_address(sams, database, query, found):
    write(database, "activated")
    write(database, to="nobody")
    seen = sams.get(f"{PATH}?{query}")
    assert (seen.status, seen.rows()) == (200, found)
    assert ("Nothing found" in seen.text) == (found == 0)


@pytest.mark.parametrize("query", ["state=lost", "notice=newsletter", "since=yesterday"])
def test_what_cannot_be_chosen_is_said(sams, query):
    assert sams.get(f"{PATH}?{query}").status == 422


def test_a_clients_mails(sams, database, cast):
    write(database, "activated", client_id=cast.alice.client_id)
    write(database, "activated", to="henry@x.example", client_id=cast.henry.client_id)
    link = f"{PATH}?client={cast.alice.client_id}"
    assert link in sams.get(f"/reseller/clients/{cast.alice.client_id}").html
    seen = sams.get(link)
    assert "Mails to Acme" in seen.text or "Mails to Alice" in seen.text
    assert "henry@x.example" not in seen.text
    assert seen.value_of("client") == str(cast.alice.client_id)
    for strange in (cast.berta.client_id, 7, "x", "9" * 19, "0"):
        assert sams.get(f"{PATH}?client={strange}").status == 404


def test_long_lists_have_pages(sams, database):
    for _ in range(3):
        write(database)
    with database.session(SUNNY) as session, session.begin():
        one = session.scalars(select(Mail).limit(1)).one()
        for number in range(60):
            session.add(
                Mail(
                    id=one.id - 1 - number, notice="activated", recipient=f"n{number}@x.example",
                    sender_name="", reply_to="", subject="s", html="", text="",
                    created_at=clock.now(),
                )
            )  # fmt: skip
    seen = sams.get(f"{PATH}?q=x.example")
    assert seen.rows() == 50
    older = sams.get(seen.link("next"))
    assert older.rows() == 10
    assert sams.get(older.link("prev")).rows() == 50


# One mail


def test_a_mail_is_shown_as_it_is_read(sams, database):
    with database.session(SUNNY) as session, session.begin():
        branding.show_picture(session, "logo_light", pictures.drawn(portal_folder.logo()))
    mail_id = write(database, "activated")
    seen = sams.get(f"{PATH}/{mail_id}")
    assert f'<iframe sandbox src="{PATH}/{mail_id}/frame"' in seen.html
    assert "&lt;b&gt;Ada&lt;/b&gt;" in seen.html  # the text part
    frame = sams._client.get(f"{PATH}/{mail_id}/frame", base_url="http://sunny.localhost")
    policy = frame.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    html = frame.get_data(as_text=True)
    assert "<b>Ada</b>" not in html
    assert 'src="data:image/png;base64,' in html
    assert "cid:" not in html


def test_what_opens_an_account_is_never_shown(sams, database):
    mail_id = write(database, "password_reset")
    assert "very-secret" in mails(database)[mail_id].text  # it waits
    for settled in (False, True):
        if settled:
            settle(database, mail_id)
        seen = sams.get(f"{PATH}/{mail_id}")
        assert "This mail opens an account." in seen.text
        assert "very-secret" not in seen.html
        assert "<iframe" not in seen.html
        assert "Send again" not in seen.text
        assert sams.get(f"{PATH}/{mail_id}/frame").status == 404
    answer = sams.post(f"{PATH}/{mail_id}/repeat", to="sam@sunny.test", key="k" * 20)
    assert answer.status == 422
    assert len([each for each in mails(database).values() if each.repeats_id]) == 0


@pytest.mark.parametrize(
    ("failed", "said", "hidden"),
    [
        (
            {"trouble": Trouble.RECIPIENT, "reason": "550 5.1.1 relay.wholesale.test says no"},
            "takes no mail for this address",
            "relay.wholesale.test",
        ),
        (
            {"trouble": Trouble.LOGIN, "reason": "535 relay.wholesale.test says no"},
            "That is no fault of yours.",
            "relay.wholesale.test",
        ),
        (
            {"trouble": Trouble.LOGIN, "reason": "535 mail.acme.example says no", "own": True},
            "535 mail.acme.example says no",
            "no fault of yours",
        ),
        (
            {"trouble": Trouble.CONTENT, "reason": "554 spam", "own": True},
            "did not want this mail",
            "no fault of yours",
        ),
    ],
)
def test_why_it_was_not_taken(sams, database, failed, said, hidden):
    mail_id = write(database)
    settle(database, mail_id, **failed)
    for path in (f"{PATH}/{mail_id}", PATH):
        assert hidden not in sams.get(path).text
    assert said in sams.get(f"{PATH}/{mail_id}").text


def test_a_mail_that_was_given_up_says_so(sams, database):
    mail_id = write(database)
    settle(database, mail_id, trouble=Trouble.OTHER, reason="451 later", tries=8)
    assert "Given up after 8 tries." in sams.get(f"{PATH}/{mail_id}").text


# What can be done


def test_a_mail_is_sent_again_once(sams, database):
    mail_id = write(database)
    settle(database, mail_id, trouble=Trouble.RECIPIENT, reason="550 no")
    seen = sams.get(f"{PATH}/{mail_id}")
    assert seen.value_of("to") == "ada@example.com"
    fields = {"to": "ada@new.example", "key": key_of(seen)}
    first = sams.post(f"{PATH}/{mail_id}/repeat", **fields)
    second = sams.post(f"{PATH}/{mail_id}/repeat", **fields)
    assert first.location == second.location
    made = [each for each in mails(database).values() if each.repeats_id == mail_id]
    assert [each.recipient for each in made] == ["ada@new.example"]
    seen = sams.follow(first)
    assert "The mail is sent once more." in seen.text
    assert f'href="{PATH}/{mail_id}"' in seen.html
    assert f'href="{PATH}/{made[0].id}"' in sams.get(f"{PATH}/{mail_id}").html
    other = sams.post(f"{PATH}/{mail_id}/repeat", to="c@d.example", key=fields["key"])
    assert (other.status, "This form was sent before." in other.text) == (422, True)
    with database.session(SUNNY) as session:
        found = session.scalars(select(Activity).where(Activity.what == "mail.repeated"))
        (act,) = found
    assert (act.about_id, act.details["description"]) == (mail_id, "ada@new.example")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please fill this in."),
        ("a@b.example, c@d.example", "This is no e-mail address"),
        ("x" * 10_000, "Field cannot be longer than 254 characters."),
    ],
)
def test_to_what_is_no_address_it_is_not(sams, database, typed, said):
    mail_id = write(database)
    settle(database, mail_id)
    seen = sams.post(f"{PATH}/{mail_id}/repeat", to=typed, key="k" * 20)
    assert (seen.status, said in seen.text) == (422, True)
    assert seen.value_of("to") == typed


def test_a_mail_that_waits_is_tried_now(sams, database):
    mail_id = write(database)
    assert "Try now" in sams.get(f"{PATH}/{mail_id}").text
    seen = sams.follow(sams.post(f"{PATH}/{mail_id}/hasten"))
    assert "The mail is tried within a few seconds." in seen.text
    settle(database, mail_id)
    seen = sams.follow(sams.post(f"{PATH}/{mail_id}/hasten"))
    assert "This mail waits no longer." in seen.text
    assert "Try now" not in seen.text


def test_who_may_read_and_not_manage_sees_no_buttons(visit, database):
    with database.session(SUNNY) as session, session.begin():
        staff.create(
            session, email="rita@sunny.test", password=PASSWORD, role=Role.STAFF_READER,
            language="en", firstname="Rita", lastname="Tester",
        )  # fmt: skip
        rita = staff.actor_of(session, email="rita@sunny.test")
    ritas = visit(rita)
    waiting, done = write(database), write(database)
    settle(database, done)
    assert "Try now" not in ritas.get(f"{PATH}/{waiting}").text
    assert "Send again" not in ritas.get(f"{PATH}/{done}").text
    assert ritas.post(f"{PATH}/{done}/repeat", to="a@b.example", key="k" * 20).status == 403
    assert ritas.get("/reseller/mail").status == 403


def test_another_resellers_mails_are_not_there(sams, database):
    theirs = write(database, reseller_id=HARBOUR)
    assert f"/mails/{theirs}" not in sams.get(PATH).html
    for path in (f"{PATH}/{theirs}", f"{PATH}/{theirs}/frame"):
        assert sams.get(path).status == 404
    for act in ("repeat", "hasten"):
        assert sams.post(f"{PATH}/{theirs}/{act}", to="a@b.example", key="k" * 20).status == 404
