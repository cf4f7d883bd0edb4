"""Mails whose headers say what we mean, whatever was typed into their parts."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import SMTP
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.infra import mime

HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
HOSTILE = [
    "Sunny\r\nBcc: victim@example.org",
    "Sunny\nBcc: victim@example.org",
    "Sunny\rBcc: victim@example.org",
    "Sunny\x00\x0b\x0c\x85\u2028\u2029Bcc: victim@example.org",
    "Sunny%0D%0ABcc: victim@example.org",
    '", <victim@example.org>, "',
    '"; <victim@example.org>',
    "\\",
    "\\\\" * 60,
    '"' * 100,
    "a, victim@example.org; " * 6,
    "Very long name of a firm with many words, And Sons <victim@example.org> and so on and on",
    "=?utf-8?q?Sunny=0ABcc=3A_victim=40example=2Eorg?=",
    "=?utf-8?b?U3VubnkNCkJjYzogdmljdGltQGV4YW1wbGUub3Jn?= =?us-ascii?q?x?=",
    "Zahnärzte, <victim@example.org>; Müller & Söhne: ein Name, der gefaltet werden muss",
    "\u202egnp.exe \u2066 \u200b\ufeff",
    "\ud800 half a pair",
    "(comment) <> @ : ; , . [ ]",
    "💬" * 60,
    "x" * 400,
    "",
]


def letter(**changed: object) -> mime.Letter:
    values = {
        "id": 1234567890123,
        "written_at": datetime(2026, 11, 21, 20, 5, 9, tzinfo=UTC),
        "domain": "sms.sunny.example",
        "title": "SunnyText",
        "sender": "no-reply@sunny.example",
        "to": "ada@example.com",
        "reply_to": "office@sunny.example",
        "subject": "Your balance is low",
        "text": "Hello Ada\n",
        "html": "<p>Hello Ada</p>",
    }
    return mime.Letter(**(values | changed))  # type: ignore[arg-type]  # the values of a test


def as_received(made: mime.Letter) -> tuple[Message, bytes]:
    raw = mime.compose(made).as_bytes()
    return message_from_bytes(raw), raw


def read(header: str) -> str:
    return str(make_header(decode_header(re.sub("\r\n", "", header))))


def test_a_mail_as_it_leaves() -> None:
    message, raw = as_received(letter())
    assert message.keys() == HEADERS
    assert message["From"] == '"SunnyText" <no-reply@sunny.example>'
    assert message["To"] == "ada@example.com"
    assert message["Reply-To"] == "office@sunny.example"
    assert message["Subject"] == "Your balance is low"
    assert message["Date"] == "Sat, 21 Nov 2026 20:05:09 +0000"
    assert message["Message-ID"] == "<1234567890123@sms.sunny.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.get_payload()
    assert plain.get_payload(decode=True) == b"Hello Ada\r\n"
    assert html.get_payload(decode=True) == b"<p>Hello Ada</p>\r\n"
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_moment_is_told_with_its_offset() -> None:
    written_at = datetime(2026, 11, 21, 22, 5, 9, tzinfo=UTC).astimezone() + timedelta(0)
    message, _ = as_received(letter(written_at=written_at))
    assert message["Date"].split()[4] == written_at.strftime("%H:%M:%S")


def test_without_an_address_for_replies_there_is_no_header() -> None:
    message, _ = as_received(letter(reply_to=""))
    assert "Reply-To" not in message


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_typed_stays_within_its_header(hostile: str) -> None:
    check_within(hostile)


@given(
    st.text(
        st.sampled_from(' ,;:<>@"\\.()[]=?_\r\n\tabcABC09éß漢💬\u202e\u2028')
        | st.characters(codec=None),
        max_size=150,
    )
)
def test_no_text_leaves_its_header(text: str) -> None:
    check_within(text)


def check_within(typed: str) -> None:
    message, raw = as_received(letter(title=typed, subject=typed, text=typed, html=typed))
    assert message.keys() == HEADERS
    ((name, found),) = getaddresses([re.sub("\r\n", "", message["From"])])
    assert found == "no-reply@sunny.example"
    shown = mime.shown(typed)
    assert read(name) == shown[: mime.TITLE_CHARACTERS_MAX].rstrip()
    assert read(message["Subject"]) == shown
    strict = message_from_bytes(raw, policy=SMTP)
    assert [each.addr_spec for each in strict["From"].addresses] == ["no-reply@sunny.example"]
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@localhost",
        "ada@example..com",
        "ada@-example.com",
        "ada@example.com.",
        "ada@127.0.0.1",
        "ada@[127.0.0.1]",
        "ada@example.com, eve@example.com",
        "ada@example.com,eve@example.com",
        "ada@example.com eve@example.com",
        "ada@example.com;eve@example.com",
        "Ada <ada@example.com>",
        '"ada"@example.com',
        "ada@eve@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com\n",
        "ada\x00@example.com",
        "ada(comment)@example.com",
        ".ada@example.com",
        "a..da@example.com",
        "zoë@example.com",
        "ada@ä..example",
        "ada@\u200d.example",
        "a" * 65 + "@example.com",
        "ada@" + "a" * 64 + ".com",
        "ada@" + ".".join(["a" * 60] * 5) + ".com",
    ],
)
def test_an_address_is_one_address(text: str) -> None:
    with pytest.raises(mime.InvalidAddress):
        mime.address(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        (" Ada.Weber+sms@Example.COM ", "Ada.Weber+sms@example.com"),
        ("o'neill@sunny.localhost", "o'neill@sunny.localhost"),
        ("info@zahnärzte.example", "info@xn--zahnrzte-3za.example"),
    ],
)
def test_an_address_is_kept_in_ascii(typed: str, kept: str) -> None:
    assert mime.address(typed) == kept


@pytest.mark.parametrize("field", ["to", "sender", "reply_to"])
def test_no_header_takes_two_addresses(field: str) -> None:
    with pytest.raises(mime.InvalidAddress):
        mime.compose(letter(**{field: "ada@example.com, victim@example.org"}))


def test_no_header_takes_a_host_that_is_none() -> None:
    with pytest.raises(mime.InvalidAddress):
        mime.compose(letter(domain="sunny.example>\r\nBcc: victim@example.org"))
