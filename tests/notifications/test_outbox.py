"""Mails are stored and queued in the transaction that causes them."""

from typing import Any

import pytest
from sqlalchemy import select, text

from portal.infra.db import Database, ResellerSession
from portal.notifications import outbox, wording
from portal.notifications.errors import UnknownNotice
from portal.notifications.models import Mail
from portal.tenancy import resellers, site_pages
from tests.cast import HARBOUR, SUNNY, Cast

VALUES = {
    "firstname": "Alice",
    "lastname": "Tester",
    "company": "Acme",
    "balance": "$4.00",
    "threshold": "$10.00",
    "url": "http://sunny.localhost/dashboard",
}


def write(
    session: ResellerSession,
    *,
    notice: str = "low_balance",
    to: str = "alice@acme.test",
    language: str = "en",
    **changed: str,
) -> Mail:
    outbox.write(session, notice, to=to, language=language, values=VALUES | changed, client_id=5)
    session.flush()
    return session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()


def jobs_for(session: ResellerSession, mail: Mail) -> list[dict[str, Any]]:
    rows = session.execute(
        text(
            "SELECT task_name, args FROM procrastinate_jobs"
            " WHERE (args ->> 'mail_id')::bigint = :id"
        ),
        {"id": mail.id},
    )
    return [dict(row) for row in rows.mappings()]


def test_only_mails_of_the_catalogue_are_written(session: ResellerSession) -> None:
    with pytest.raises(UnknownNotice):
        write(session, notice="newsletter")


def test_what_a_mail_is_about_must_be_given(session: ResellerSession) -> None:
    with pytest.raises(ValueError, match="low_balance needs balance"):
        outbox.write(session, "low_balance", to="a@b.test", language="en", values={})


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b.test, victim@c.test", "a@b.test\r\nBcc: c@d.test"]
)
def test_for_an_address_that_is_none_nothing_is_queued(session: ResellerSession, to: str) -> None:
    mail = write(session, to=to)
    assert mail.error == "not one e-mail address"
    assert mail.refused_at is not None
    assert jobs_for(session, mail) == []


def test_rolled_back_there_is_no_mail(database: Database) -> None:
    with database.session(SUNNY) as session:
        number = write(session).id
        session.rollback()
        assert session.get(Mail, (SUNNY, number)) is None


def test_a_mail_is_written_in_the_resellers_name(session: ResellerSession, cast: Cast) -> None:
    mail = write(session)
    assert mail.reseller_id == SUNNY
    assert (mail.notice, mail.client_id) == ("low_balance", 5)
    assert mail.recipient == "alice@acme.test"
    assert mail.sender_name == "SunnyText"
    assert mail.reply_to == "office@sunny.test"
    assert mail.subject == "Your balance with SunnyText is low: $4.00"
    assert mail.text.startswith("Hello Alice Tester,\n\nyour balance is $4.00.")
    assert '<a href="http://sunny.localhost/dashboard"' in mail.html
    assert (mail.attempts, mail.sent_at, mail.refused_at, mail.error) == (0, None, None, "")
    assert jobs_for(session, mail) == [
        {"task_name": "mails.send", "args": {"reseller_id": SUNNY, "mail_id": mail.id}}
    ]
    for hidden in ("Wholesale", cast.console_host):
        assert hidden not in mail.subject + mail.text + mail.html


def test_a_reseller_without_an_address_gets_no_replies(session: ResellerSession) -> None:
    resellers.own(session).email = "office at sunny"
    assert write(session).reply_to == ""


def test_a_mail_is_in_the_readers_language(harbour_session: ResellerSession) -> None:
    mail = write(harbour_session, language="de-DE", balance="4,00 €")
    assert mail.reseller_id == HARBOUR
    assert mail.subject == "Ihr Guthaben bei Harbour wird knapp: 4,00 €"
    assert '<html lang="de"' in mail.html


def test_a_mail_is_in_the_resellers_words(session: ResellerSession) -> None:
    wording.save(
        session,
        "low_balance",
        language="en",
        subject="[firstname], mind your [balance]",
        body="[firstname] of [company] at [portal]: [balance], below [threshold]",
    )
    mail = write(session, firstname="[balance]", company="<b>Acme</b>")
    assert mail.subject == "[balance], mind your $4.00"
    assert mail.text == "[balance] of <b>Acme</b> at SunnyText: $4.00, below $10.00\n"
    assert "[balance] of &lt;b&gt;Acme&lt;/b&gt; at SunnyText: $4.00, below $10.00" in mail.html


def test_what_a_notice_does_not_have_is_left_out(session: ResellerSession) -> None:
    mail = write(session, notice="activated", amount="$5.00", reason="none")
    assert "$5.00" not in mail.text


def test_a_mail_leads_to_the_imprint_once_it_is_written(session: ResellerSession) -> None:
    address = 'href="http://sunny.localhost/imprint"'
    assert address not in write(session).html
    site_pages.write(
        session, "imprint", language="en", html="<p>Us</p>", person_id=None, person_name=""
    )
    mail = write(session)
    assert address in mail.html
    assert mail.text.endswith("\n\n-- \nImprint: http://sunny.localhost/imprint\n")
    assert "imprint" not in write(session, url="").html


def test_a_test_is_marked_and_leaves_the_words_alone(session: ResellerSession) -> None:
    words = wording.Words("Only [balance]", "[balance] & more", "en")
    outbox.write_test(session, "low_balance", words, to="sam@sunny.test", values=VALUES)
    session.flush()
    mail = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    assert (mail.subject, mail.client_id) == ("[Test] Only $4.00", None)
    assert wording.own(session, "low_balance", language="en") is None
    assert [job["task_name"] for job in jobs_for(session, mail)] == ["mails.send"]
