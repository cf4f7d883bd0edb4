"""A reseller's own server, sender and keys: what is refused, kept, and done to its mails."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import dkim
import pytest
from sqlalchemy import select

from portal.infra import clock, dkim_signing, mime
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.mail import Mailer
from portal.infra.mail_errors import MailDelayed, Trouble
from portal.infra.smtp import Security
from portal.infra.vault import Vault, is_sealed
from portal.notifications import delivery, mail_keys, mail_senders, mail_servers, outbox
from portal.notifications.errors import MailSettingUnfit, Wrong
from portal.notifications.mail_keys import Found
from portal.notifications.mail_servers import Written
from portal.notifications.models import Mail, MailKey, MailServer

VAULT = Vault("a secret of the tests, long enough to be one")
OUTSIDE, INSIDE = Settings(demo=True), Settings(demo=True, private_mail_servers=True)
BROKEN = MailDelayed("535 5.7.8 no", trouble=Trouble.LOGIN)


class Relay:
    """The operator's."""

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        raise AssertionError((message, sender, to))


RELAY: Mailer = Relay()


def written(**changed: Any) -> Written:
    given: dict[str, Any] = {
        "host": "smtp.acme.example",
        "port": 587,
        "security": Security.STARTTLS,
        "user": "office@acme.example",
        "password": "kept secret",
    }
    return Written(**{**given, **changed})


def save(
    session: ResellerSession, *, settings: Settings = OUTSIDE, **changed: object
) -> MailServer:
    return mail_servers.change(session, written(**changed), vault=VAULT, settings=settings)


def sender(session: ResellerSession, address: str = "office@acme.example", **changed: str) -> None:
    mail_senders.change(session, **{"name": "", "reply_to": "", "address": address, **changed})


def in_use(session: ResellerSession) -> MailServer:
    sender(session)
    server = save(session)
    assert mail_servers.prove(session, mail_servers.as_tested(server))
    return server


def mail(session: ResellerSession) -> Mail:
    outbox.write(session, "password_changed", to="ada@example.com", language="en", values={})
    session.flush()
    return session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()


def packed(session: ResellerSession) -> delivery.Parcel:
    return delivery.packed(session, mail(session), relay=RELAY, vault=VAULT, settings=OUTSIDE)


# The sender


@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [
        ("address", "office@acme.example\r\nBcc: x@y.example", Wrong.ADDRESS),
        ("address", "a@acme.example, b@acme.example", Wrong.ADDRESS),
        ("address", "Office <office@acme.example>", Wrong.ADDRESS),
        ("address", "office", Wrong.ADDRESS),
        ("address", "o" * 10_000 + "@acme.example", Wrong.ADDRESS),
        ("address", "office@[127.0.0.1]", Wrong.ADDRESS),
        ("address", "office@xn--zzzzzz\u0000.example", Wrong.ADDRESS),
        ("address", "office@co.uk", Wrong.SUFFIX),
        ("reply_to", "two@acme.example two@acme.example", Wrong.ADDRESS),
    ],
)
def test_a_sender_that_cannot_be(
    session: ResellerSession, field: str, typed: str, wrong: Wrong
) -> None:
    given = {"name": "", "address": "", "reply_to": "", field: typed}
    with pytest.raises(MailSettingUnfit) as refused:
        mail_senders.change(session, **given)
    assert (refused.value.field, refused.value.wrong) == (field, wrong)
    assert mail_senders.own(session) == mail_senders.Sender()


def test_a_sender_is_kept_as_mails_need_it(session: ResellerSession) -> None:
    sender(session, " office@Bücher.example ", name='Büch"er\r\nBcc: x', reply_to="a@b.example")
    found = mail_senders.own(session)
    assert found.address == "office@xn--bcher-kva.example"
    assert found.domain == "xn--bcher-kva.example"
    assert (found.name, found.reply_to) == ('Büch"er Bcc: x', "a@b.example")
    made = mime.compose(packed(session).letter)
    assert made["Bcc"] is None
    assert [each.addr_spec for each in made["From"].addresses] == ["no-reply@sunny.localhost"]
    assert made["From"].addresses[0].display_name == 'Büch"er Bcc: x'
    assert str(made["Reply-To"]) == "a@b.example"


# The server


@pytest.mark.parametrize(
    ("changed", "field", "wrong"),
    [
        ({"host": "smtp.acme.example:587"}, "host", Wrong.HOST_WITH_PORT),
        ({"host": "https://smtp.acme.example/"}, "host", Wrong.HOST),
        ({"host": "a b"}, "host", Wrong.HOST),
        ({"host": "localhost"}, "host", Wrong.HOST_PRIVATE),
        ({"host": "db.internal"}, "host", Wrong.HOST_PRIVATE),
        ({"host": "127.0.0.1"}, "host", Wrong.HOST_PRIVATE),
        ({"host": "[::1]"}, "host", Wrong.HOST_PRIVATE),
        ({"host": "0x7f.1"}, "host", Wrong.HOST_PRIVATE),
        ({"host": "h" * 10_000 + ".example"}, "host", Wrong.HOST),
        ({"port": 0}, "port", Wrong.PORT),
        ({"port": 22}, "port", Wrong.PORT),
        ({"port": 99_999}, "port", Wrong.PORT),
        ({"security": Security.NONE}, "security", Wrong.SECURITY),
        ({"security": Security.OFFERED}, "security", Wrong.SECURITY),
        ({"user": "üser"}, "user", Wrong.LETTERS),
        ({"password": "p\x00"}, "password", Wrong.LETTERS),
        ({"user": ""}, "user", Wrong.PASSWORD_ALONE),
        ({"password": ""}, "password", Wrong.PASSWORD_ALONE),
    ],
)
def test_a_server_that_cannot_be(
    session: ResellerSession, changed: dict[str, object], field: str, wrong: Wrong
) -> None:
    sender(session)
    with pytest.raises(MailSettingUnfit) as refused:
        save(session, **changed)
    assert (refused.value.field, refused.value.wrong) == (field, wrong)
    assert mail_servers.own(session) is None


def test_a_server_needs_an_address_that_it_sends_for(session: ResellerSession) -> None:
    with pytest.raises(MailSettingUnfit) as refused:
        save(session)
    assert refused.value.wrong is Wrong.NO_ADDRESS
    sender(session)
    save(session)
    with pytest.raises(MailSettingUnfit) as needed:
        sender(session, "")
    assert needed.value.wrong is Wrong.NEEDED


def test_only_a_setting_of_the_installation_lets_it_be_anywhere(session: ResellerSession) -> None:
    sender(session)
    for wrong in ({"host": "127.0.0.1"}, {"port": 2626}, {"security": Security.NONE}):
        with pytest.raises(MailSettingUnfit):
            save(session, **wrong)
    kept = save(session, settings=INSIDE, host="mail.localhost", port=2626, security=Security.NONE)
    assert (kept.host, kept.port, kept.security) == ("mail.localhost", 2626, "none")
    for changed in ({"host": "a b"}, {"port": 70_000}):
        with pytest.raises(MailSettingUnfit):
            save(session, settings=INSIDE, **changed)


def test_the_password_is_sealed_and_stays_until_it_is_replaced(session: ResellerSession) -> None:
    sender(session)
    first = save(session).password
    assert is_sealed(first)
    assert "kept secret" not in first
    assert save(session, password="").password == first
    assert save(session, password="another").password != first


@pytest.mark.parametrize(
    "changed",
    [{"host": "smtp.thief.example"}, {"user": "somebody@else.example"}, {"port": 2525},
     {"security": Security.TLS}],
)  # fmt: skip
def test_a_kept_password_is_given_to_nobody_else(
    session: ResellerSession, changed: dict[str, object]
) -> None:
    sender(session)
    save(session)
    with pytest.raises(MailSettingUnfit) as refused:
        save(session, password="", **changed)
    assert (refused.value.field, refused.value.wrong) == ("password", Wrong.PASSWORD_AGAIN)


def test_a_server_without_a_password(session: ResellerSession) -> None:
    sender(session)
    kept = save(session, user="", password="")
    assert (kept.user, kept.password) == ("", "")
    assert mail_servers.mailer(kept, vault=VAULT, settings=OUTSIDE)._password == ""


def test_it_is_used_once_it_was_tested_as_it_is(session: ResellerSession) -> None:
    sender(session)
    tested = mail_servers.as_tested(save(session))
    assert mail_servers.in_use(session) is None
    save(session, password="another")
    assert not mail_servers.prove(session, tested)
    assert mail_servers.in_use(session) is None
    server = in_use(session)
    assert mail_servers.in_use(session) is server
    save(session)
    assert mail_servers.in_use(session) is None
    mail_servers.remove(session)
    mail_servers.remove(session)
    assert not mail_servers.prove(session, tested)
    assert mail_servers.own(session) is None


def test_three_failures_in_a_row_pause_it_for_ten_minutes(session: ResellerSession) -> None:
    server = in_use(session)
    assert [mail_servers.failed(session, BROKEN) for _ in range(2)] == [False, False]
    mail_servers.worked(session)
    assert (server.failures, server.trouble) == (0, "")
    assert [mail_servers.failed(session, BROKEN) for _ in range(3)] == [False, False, True]
    assert (server.trouble, server.answer) == ("login", "535 5.7.8 no")
    assert mail_servers.in_use(session) is None
    with clock.pretending(clock.now() + timedelta(minutes=11)):
        assert mail_servers.in_use(session) is server
        assert mail_servers.failed(session, BROKEN)
        assert mail_servers.in_use(session) is None


def test_its_owner_is_told_once_a_day(session: ResellerSession) -> None:
    in_use(session)
    assert not mail_servers.has_to_be_told(session)
    mail_servers.failed(session, BROKEN)
    assert mail_servers.has_to_be_told(session)
    mail_servers.worked(session)
    mail_servers.failed(session, BROKEN)
    assert not mail_servers.has_to_be_told(session)
    with clock.pretending(clock.now() + timedelta(days=1, minutes=1)):
        assert mail_servers.has_to_be_told(session)


def test_without_a_server_there_is_nothing_to_note(session: ResellerSession) -> None:
    mail_servers.worked(session)
    mail_servers.note_trial(session, ("x",), BROKEN)
    assert mail_servers.failed(session, BROKEN)
    assert not mail_servers.has_to_be_told(session)


def test_a_password_that_cannot_be_read_again_is_none(session: ResellerSession) -> None:
    sender(session)
    server = save(session)
    other = Vault("another secret of the installation, as long")
    assert mail_servers.mailer(server, vault=other, settings=OUTSIDE)._password == ""


# The keys


def test_a_key_needs_a_domain(session: ResellerSession) -> None:
    with pytest.raises(MailSettingUnfit):
        mail_keys.make(session, vault=VAULT)


def test_a_key_is_sealed_and_its_record_can_be_pasted(session: ResellerSession) -> None:
    sender(session)
    key = mail_keys.make(session, vault=VAULT)
    assert is_sealed(key.private_key)
    assert mail_keys.record_name(key) == f"{key.selector}._domainkey.acme.example"
    text = dkim_signing.record(key.public_key)
    assert [len(each) for each in dkim_signing.strings(text)] == [255, len(text) - 255]
    assert "".join(dkim_signing.strings(text)) == text


def test_what_stands_in_the_dns(session: ResellerSession) -> None:
    sender(session)
    key = mail_keys.make(session, vault=VAULT)
    good = dkim_signing.record(key.public_key)
    other = dkim_signing.record(dkim_signing.new_key().public_key)
    cases = {
        Found.NOTHING: [[], ["v=spf1 -all"], ["v=DKIM2; p=abc"], ["k=ed25519; p=abc"]],
        Found.IT: [[good], [good.replace("; ", ";")], [good[:99] + " " + good[99:]], [good, "x"]],
        Found.ANOTHER: [[other], [good[:-20]]],
        Found.TAKEN_BACK: [["v=DKIM1; p="]],
        Found.SEVERAL: [[good, other]],
    }
    for expected, records in cases.items():
        for each in records:
            assert mail_keys.judged(key, each) is expected, each


def test_a_key_signs_while_its_record_is_found(session: ResellerSession) -> None:
    sender(session)
    key = mail_keys.make(session, vault=VAULT)
    signer = {"domain": "acme.example", "vault": VAULT}
    assert mail_keys.signer(session, **signer) is None
    mail_keys.note(session, key.id, Found.NOTHING)
    assert mail_keys.signer(session, **signer) is None
    mail_keys.note(session, key.id, Found.IT)
    assert mail_keys.proven(session) == [key]
    mail_keys.note(session, key.id, Found.NO_ANSWER)  # nothing is known, so nothing changes
    assert mail_keys.signer(session, **signer) is not None
    other = Vault("another secret of the installation, as long")
    assert mail_keys.signer(session, domain="acme.example", vault=other) is None
    assert mail_keys.signer(session, domain="other.example", vault=VAULT) is None
    mail_keys.note(session, key.id, Found.ANOTHER)
    assert mail_keys.signer(session, **signer) is None


def test_a_key_is_changed_without_a_gap(session: ResellerSession) -> None:
    sender(session)
    first = mail_keys.make(session, vault=VAULT)
    mail_keys.note(session, first.id, Found.IT)
    never_found = mail_keys.make(session, vault=VAULT)
    second = mail_keys.make(session, vault=VAULT)
    assert session.get(MailKey, (session.reseller_id, never_found.id)) is None
    assert mail_keys.newest(session, domain="acme.example") is second
    signer = mail_keys.signer(session, domain="acme.example", vault=VAULT)
    assert signer is not None
    assert signer.selector == first.selector
    mail_keys.note(session, second.id, Found.IT)
    assert mail_keys.proven(session) == [second]
    with pytest.raises(NotFound):
        mail_keys.note(session, first.id, Found.IT)


# Which way a mail goes


def test_without_anything_it_is_the_portals(session: ResellerSession) -> None:
    parcel = packed(session)
    assert (parcel.mailer, parcel.signer, parcel.is_own) == (RELAY, None, False)
    assert parcel.letter.sender == parcel.envelope_sender == "no-reply@sunny.localhost"
    assert (parcel.letter.title, parcel.letter.reply_to) == ("SunnyText", "office@sunny.test")


def test_through_the_own_server_it_is_the_own_address(session: ResellerSession) -> None:
    in_use(session)
    sender(session, name="Acme")
    parcel = packed(session)
    assert parcel.is_own
    assert parcel.mailer is not RELAY
    assert parcel.letter.sender == parcel.envelope_sender == "office@acme.example"
    assert parcel.letter.title == "Acme"


def test_a_signature_lets_the_relay_write_in_the_name_of_the_domain(
    session: ResellerSession,
) -> None:
    sender(session)
    key = mail_keys.make(session, vault=VAULT)
    assert packed(session).letter.sender == "no-reply@sunny.localhost"
    mail_keys.note(session, key.id, Found.IT)
    found = packed(session)
    assert (found.letter.sender, found.envelope_sender) == (
        "office@acme.example",
        "no-reply@sunny.localhost",
    )


def test_the_last_try_depends_on_the_operator_alone(session: ResellerSession) -> None:
    in_use(session)
    waiting = mail(session)
    waiting.attempts = 8
    parcel = delivery.packed(session, waiting, relay=RELAY, vault=VAULT, settings=OUTSIDE)
    assert parcel.mailer is RELAY


def test_a_signed_mail_is_verified_by_others(session: ResellerSession) -> None:
    sender(session, name="Bücher & Söhne, GmbH")
    key = mail_keys.make(session, vault=VAULT)
    mail_keys.note(session, key.id, Found.IT)
    sent: list[bytes] = []

    class Keeping:
        def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
            del sender, to
            sent.append(message.as_bytes())

    parcel = delivery.packed(session, mail(session), relay=Keeping(), vault=VAULT, settings=OUTSIDE)
    session.rollback()
    session.close()
    delivery.hand_over(parcel)
    asked: list[bytes] = []

    def record(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        asked.append(name)
        return dkim_signing.record(key.public_key).encode()

    assert dkim.verify(sent[0], dnsfunc=record)
    assert asked == [f"{key.selector}._domainkey.acme.example.".encode()]
    assert not dkim.verify(sent[0].replace(b"Subject: Your", b"Subject: My"), dnsfunc=record)
