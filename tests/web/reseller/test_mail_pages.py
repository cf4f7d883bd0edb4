"""How mails go out: what cannot be is said, a test really connects, a signature is found."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.http import wiring
from portal.infra.mail_errors import MailError, Trouble
from portal.notifications import mail_keys, mail_senders, mail_servers
from portal.notifications.models import Mail, MailKey, MailSender, MailServer
from tests.cast import SUNNY
from tests.fakes import mail_server as fake
from tests.fakes.http_gateway import free_port
from tests.fakes.name_server import name_server

PATH = "/reseller/mail"
OWN = "office@acme.example"
SENDER = {"name": "Acme", "address": OWN, "reply_to": ""}


@pytest.fixture
def names(app):
    """The portal, in which own servers may be on this machine, and whose DNS is here."""
    with name_server() as server:
        with app.app_context():
            before = wiring.current()
        settings = replace(before.settings, private_mail_servers=True, dns_servers=server.setting)
        wiring.attach(app, replace(before, settings=settings))
        yield server
        wiring.attach(app, before)


@pytest.fixture
def sams(visit, cast):
    browser = visit(cast.sam)
    browser.get(PATH)
    return browser


def rows(database, kind):
    with database.session(SUNNY) as session:
        return list(session.scalars(select(kind)))


def acts(database):
    with database.session(SUNNY) as session:
        found = session.scalars(
            select(Activity).where(Activity.what.startswith("mail.")).order_by(Activity.id)
        )
        return [(act.what, act.details.get("description")) for act in found]


def server_fields(**changed):
    return {
        "host": "smtp.acme.example", "port": "587", "security": "starttls",
        "user": OWN, "password": "kept secret", **changed,
    }  # fmt: skip


# The sender


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("address", "office@acme.example\r\nBcc: x@y.example", "This is no e-mail address"),
        ("address", "a@acme.example,b@acme.example", "This is no e-mail address"),
        ("address", "office@co.uk", "This is no domain of yours"),
        ("address", "o" * 10_000, "Field cannot be longer than 254 characters."),
        ("reply_to", "nobody", "This is no e-mail address"),
        ("name", "n" * 101, "Field cannot be longer than 100 characters."),
    ],
)
def test_a_sender_that_cannot_be_is_said(sams, database, field, typed, said):
    seen = sams.post(f"{PATH}/sender", **{**SENDER, field: typed})
    assert (seen.status, said in seen.text) == (422, True), seen.text
    assert unescape(seen.value_of(field)).split() == typed.split()
    assert rows(database, MailSender) == []
    assert acts(database) == []


def test_a_sender_is_kept_and_written_down_once(sams, database):
    for _ in range(2):
        assert sams.post(f"{PATH}/sender", **SENDER).status == 303
    seen = sams.get(PATH)
    assert (seen.value_of("name"), seen.value_of("address")) == ("Acme", OWN)
    assert acts(database) == [("mail.sender_changed", OWN)]


def test_an_international_domain_is_read(sams, database):
    sams.post(f"{PATH}/sender", **{**SENDER, "address": "büro@x.example"})
    assert rows(database, MailSender) == []
    sams.post(f"{PATH}/sender", **{**SENDER, "address": "office@bücher.example"})
    assert [each.address for each in rows(database, MailSender)] == ["office@xn--bcher-kva.example"]


# The server


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("host", "", "Please fill this in."),
        ("host", "smtp.acme.example:587", "the port has a field of its own"),
        ("host", "localhost", "Write the server's public name"),
        ("host", "169.254.169.254", "Write the server's public name"),
        ("host", "h" * 10_000, "Field cannot be longer than 253 characters."),
        ("port", "0", "Write a whole number above zero"),
        ("port", "22", "Mail servers take mails at port 587, 465, 25 or 2525."),
        ("port", "99999", "Mail servers take mails at port 587, 465, 25 or 2525."),
        ("port", "587a", "Write a whole number above zero"),
        ("security", "none", "Not a valid choice."),
        ("security", "", "Please fill this in."),
        ("user", "", "User and password belong together."),
        ("user", "ü", "Mail servers read letters from A to Z"),
        ("password", "", "User and password belong together."),
        ("password", "p" * 10_000, "Field cannot be longer than 200 characters."),
        ("password", "pässword", "Mail servers read letters from A to Z"),
    ],
)
def test_a_server_that_cannot_be_is_said(sams, database, field, typed, said):
    sams.post(f"{PATH}/sender", **SENDER)
    seen = sams.post(f"{PATH}/server", **server_fields(**{field: typed}))
    assert (seen.status, said in seen.text) == (422, True), seen.text
    if field in {"host", "port", "user"}:
        assert seen.value_of(field) == typed
    assert rows(database, MailServer) == []


def test_a_server_needs_a_sender(sams, database):
    seen = sams.post(f"{PATH}/server", **server_fields())
    assert (seen.status, "Save a From address first" in seen.text) == (422, True)
    sams.post(f"{PATH}/sender", **SENDER)
    assert sams.post(f"{PATH}/server", **server_fields()).status == 303
    seen = sams.post(f"{PATH}/sender", **{**SENDER, "address": ""})
    assert (seen.status, "Remove the server first." in seen.text) == (422, True)


def test_the_password_is_never_shown_and_never_given_to_another(sams, database):
    sams.post(f"{PATH}/sender", **SENDER)
    seen = sams.follow(sams.post(f"{PATH}/server", **server_fields()))
    assert "The server is used once it has taken a test mail." in seen.text
    assert "Not in use yet" in seen.text
    assert "A password is kept and never shown." in seen.text
    assert seen.value_of("password") == ""
    (kept,) = rows(database, MailServer)
    assert kept.password.startswith("sealed:")
    for page in (seen.html, sams.get("/reseller/activity").html):
        assert "kept secret" not in page
    assert sams.post(f"{PATH}/server", **server_fields(password="")).status == 303
    assert rows(database, MailServer)[0].password == kept.password
    seen = sams.post(f"{PATH}/server", **server_fields(password="", host="smtp.thief.example"))
    assert (seen.status, "Write the password again" in seen.text) == (422, True)


def test_removing_it_forgets_all_of_it(sams, database):
    sams.post(f"{PATH}/sender", **SENDER)
    sams.post(f"{PATH}/server", **server_fields())
    for _ in range(2):
        sams.post(f"{PATH}/server/remove")
    assert rows(database, MailServer) == []
    assert acts(database)[1:] == [
        ("mail.server_changed", "smtp.acme.example:587"),
        ("mail.server_removed", "smtp.acme.example"),
    ]


# The test mail


def local_fields(port, **changed):
    return server_fields(
        **{"host": "localhost", "port": str(port), "security": "none", "user": "",
           "password": "", **changed}
    )  # fmt: skip


def test_without_a_server_there_is_nothing_to_test(sams, database):
    assert sams.post(f"{PATH}/server/test").status == 404
    assert "mail_test" not in {each.notice for each in rows(database, Mail)}


def test_a_test_mail_really_goes_there_and_puts_the_server_to_use(names, sams, database, cast):
    sams.post(f"{PATH}/sender", **SENDER)
    with fake.mail_server() as server:
        assert sams.post(f"{PATH}/server", **local_fields(server.port)).status == 303
        seen = sams.follow(sams.post(f"{PATH}/server/test"))
        assert server.senders == [OWN]
        assert server.recipients == [[cast.sam.email]]
        assert str(server.messages[0]["From"]) == f"Acme <{OWN}>"
        assert (
            "http://sunny.localhost:8000/reseller/mail"
            in server.messages[0].get_body(("plain",)).get_content()
        )
    assert "The server took the test mail. It is on its way to sam@sunny.test." in seen.text
    assert "In use" in seen.text
    assert "through your server localhost" in seen.text
    assert rows(database, MailServer)[0].proven_at is not None
    tested = [each for each in rows(database, Mail) if each.notice == "mail_test"]
    assert [(each.attempts, each.sent_at is None) for each in tested] == [(1, False)]
    assert acts(database)[-1] == ("mail.server_tested", "")


def test_a_server_that_says_no_is_quoted_in_plain_words(names, sams, database):
    sams.post(f"{PATH}/sender", **SENDER)
    with fake.mail_server() as server:
        server.answer_to_sender = "550 5.7.60 <b>not yours</b>"
        sams.post(f"{PATH}/server", **local_fields(server.port))
        seen = sams.follow(sams.post(f"{PATH}/server/test"))
    assert "The server did not take the test mail. See below why." in seen.text
    assert "The server does not send mails of your From address to others." in seen.text
    assert "The server's answer: 550 5.7.60 <b>not yours</b>" in unescape(seen.text)
    assert "550 5.7.60 &lt;b&gt;not yours&lt;/b&gt;" in seen.html
    assert "Not in use yet" in seen.text
    assert rows(database, MailServer)[0].proven_at is None
    (tested,) = [each for each in rows(database, Mail) if each.notice == "mail_test"]
    assert tested.refused_at is not None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"port": "1"}, "Nobody answers at this host name and port."),
        ({"host": "no-such-host.invalid"}, "There is no server of this host name."),
        ({"security": "starttls"}, "The server offers no STARTTLS at this port."),
        ({"security": "tls"}, "does not speak TLS from the start at this port"),
    ],
)
def test_what_keeps_it_from_working_is_said(names, sams, changed, said):
    sams.post(f"{PATH}/sender", **SENDER)
    with fake.mail_server() as server:
        sams.post(f"{PATH}/server", **{**local_fields(server.port), **changed})
        seen = sams.follow(sams.post(f"{PATH}/server/test"))
    assert said in seen.text
    assert "The server's answer" not in seen.text  # it gave none, and Python's words help nobody
    assert "Error" not in seen.text


def test_whoever_tries_one_port_after_the_other_is_slowed_down(names, sams, database):
    sams.post(f"{PATH}/sender", **SENDER)
    sams.post(f"{PATH}/server", **local_fields(free_port()))
    answers = [sams.post(f"{PATH}/server/test").status for _ in range(11)]
    assert answers == [303] * 10 + [429]
    assert sams.post(f"{PATH}/key").status == 429
    assert rows(database, MailKey) == []
    # To look for a record tries no server, and is counted by itself.
    looks = [sams.post(f"{PATH}/key/check").status for _ in range(11)]
    assert looks == [404] * 10 + [429]


def test_a_server_that_fails_is_shown(names, sams, database):
    sams.post(f"{PATH}/sender", **SENDER)
    sams.post(f"{PATH}/server", **local_fields(free_port()))
    with database.session(SUNNY) as session, session.begin():
        server = mail_servers.own(session)
        mail_servers.prove(session, mail_servers.as_tested(server))
        error = MailError("535 no", trouble=Trouble.LOGIN)
        for _ in range(3):
            mail_servers.failed(session, error)
    seen = sams.get(PATH)
    assert "Does not work" in seen.text
    assert "User or password are wrong." in seen.text
    assert "mails go out through the portal's own server" in seen.text


# The signature


def test_a_key_needs_a_sender(sams, database):
    assert "Save a From address above first." in sams.get(PATH).text
    assert "Save a From address first" in sams.follow(sams.post(f"{PATH}/key")).text
    assert sams.post(f"{PATH}/key/check").status == 404
    assert rows(database, MailKey) == []


def test_the_record_is_shown_to_be_pasted_and_looked_for(names, sams, database):
    sams.post(f"{PATH}/sender", **SENDER)
    seen = sams.follow(sams.post(f"{PATH}/key"))
    (key,) = rows(database, MailKey)
    name, value = mail_keys.record_name(key), f"v=DKIM1; k=rsa; p={key.public_key}"
    shown = [unescape(each) for each in re.findall(r'<code dir="ltr">([^<]*)</code>', seen.html)]
    assert shown[:2] == [name, value]
    assert shown[2] == f'"{value[:255]}" "{value[255:]}"'
    assert shown[3:] == ["_dmarc.acme.example", "v=DMARC1; p=none"]
    assert "PRIVATE" not in seen.html
    seen = sams.follow(sams.post(f"{PATH}/key/check"))
    assert "There is no such record yet." in seen.text
    names.records[name, "TXT"] = [shown[2]]
    seen = sams.follow(sams.post(f"{PATH}/key/check"))
    assert "The record was found. Your mails are signed." in seen.text
    assert "Mails are signed" in seen.text
    names.records.clear()
    seen = sams.follow(sams.post(f"{PATH}/key/check"))
    assert "Record not found yet" in seen.text
    assert [what for what, _ in acts(database)] == [
        "mail.sender_changed", "mail.key_made", "mail.key_found", "mail.key_lost",
    ]  # fmt: skip


def test_a_name_server_that_is_silent_changes_nothing(names, sams, database):
    sams.post(f"{PATH}/sender", **SENDER)
    sams.post(f"{PATH}/key")
    names.broken = True
    seen = sams.follow(sams.post(f"{PATH}/key/check"))
    assert "Your domain's servers did not answer." in seen.text


def test_another_reseller_has_its_own(visit, cast, database, sams):
    sams.post(f"{PATH}/sender", **SENDER)
    sams.post(f"{PATH}/server", **server_fields())
    seen = visit(cast.hanna).get(PATH)
    assert OWN not in seen.html
    assert "smtp.acme.example" not in seen.html
    with database.session(2) as session:
        assert mail_senders.own(session) == mail_senders.Sender()
