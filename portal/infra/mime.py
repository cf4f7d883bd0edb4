"""Compose a mail whose headers say what we mean, whatever was typed into its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Final

import idna

from portal.infra.errors import PortalError

ADDRESS_CHARACTERS_MAX: Final = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
LOCAL_CHARACTERS_MAX: Final = 64  # RFC 5321, 4.5.3.1.1
TITLE_CHARACTERS_MAX: Final = 100
LINE_CHARACTERS_MAX: Final = 76
WORD_CHARACTERS_MAX: Final = 200
_FOLD: Final = "\r\n "

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
# Besides controls, what would turn the reading direction of a name, or hide in it.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


class InvalidAddress(PortalError):
    """A text is not exactly one e-mail address."""

    code = "invalid_address"


class _Folded(str):
    """The value of a header that is encoded and folded already."""

    __slots__ = ()


class _AsComposed(EmailPolicy):
    """Keeps our own headers as they are.

    The library's folding loses the quotes of a long display name, so that a comma and an address in
    it become a second mailbox, and it decodes encoded words in a subject, line breaks included.
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        return (
            (name, value) if isinstance(value, _Folded) else super().header_store_parse(name, value)
        )


_POLICY = _AsComposed(linesep=SMTP.linesep, refold_source="none")


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A picture that travels with a mail; its HTML shows it as `cid:` and this id."""

    id: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that a mail has with it; its name is plain ASCII."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a mail is made of; texts are as they shall be read, nothing is encoded yet."""

    id: int
    written_at: datetime
    domain: str
    """The host name in the Message-ID: the portal's that writes."""
    title: str
    sender: str
    to: str
    reply_to: str
    subject: str
    text: str
    html: str
    enclosure: Enclosure | None = None
    attachments: tuple[Attachment, ...] = ()


def address(text: str) -> str:
    """One e-mail address in ASCII, its domain in small letters.

    Quoted local parts, address literals, display names and lists are refused: what a list of
    addresses does in a header, it must not do here.

    Raises:
        InvalidAddress: for anything else.
    """
    local, _, domain = text.strip(" ").rpartition("@")
    if len(local) > LOCAL_CHARACTERS_MAX or not _LOCAL_PART.fullmatch(local):
        raise InvalidAddress("not one e-mail address")
    found = f"{local}@{_domain(domain)}"
    if len(found) > ADDRESS_CHARACTERS_MAX:
        raise InvalidAddress("an e-mail address that is too long")
    return found


def compose(letter: Letter) -> EmailMessage:
    """The mail with a plain and an HTML part: nothing in it names a program or a machine.

    Raises:
        InvalidAddress: for a sender, a recipient or a reply address that is none.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = _Folded(_mailbox(letter.title, address(letter.sender)))
    message["To"] = _Folded(address(letter.to))
    if letter.reply_to:
        message["Reply-To"] = _Folded(address(letter.reply_to))
    message["Subject"] = _Folded(_subject(shown(letter.subject)))
    message["Date"] = _Folded(format_datetime(letter.written_at))
    message["Message-ID"] = _Folded(f"<{letter.id}@{_domain(letter.domain)}>")
    # RFC 3834: no answering machine shall answer it.
    message["Auto-Submitted"] = _Folded("auto-generated")
    message.set_content(_encodable(letter.text), cte="quoted-printable")
    message.add_alternative(_encodable(letter.html), subtype="html", cte="quoted-printable")
    if letter.enclosure is not None:
        _enclose(message, letter.enclosure)
    for each in letter.attachments:
        kind, _, subtype = each.media_type.partition("/")
        message.add_attachment(each.content, kind, subtype, filename=each.name)
    return message


def add_signature(message: EmailMessage, signature: str) -> None:
    """Put a DKIM signature on a mail that is composed and stays as it is."""
    message["DKIM-Signature"] = _Folded(signature)


def _enclose(message: EmailMessage, enclosure: Enclosure) -> None:
    """Put a picture beside the HTML that shows it (RFC 2387)."""
    page = message.get_body(("html",))
    assert page is not None
    kind, _, subtype = enclosure.media_type.partition("/")
    page.add_related(enclosure.content, kind, subtype, cid=f"<{enclosure.id}>")


def shown(text: str) -> str:
    """A text on one line, without characters that would hide or turn it."""
    return " ".join(_CONTROLS.sub(" ", _encodable(text)).split())


def _mailbox(title: str, sender: str) -> str:
    """RFC 5322's name-addr; the name in quotes, or encoded where it is not plain ASCII."""
    name = shown(title)[:TITLE_CHARACTERS_MAX].rstrip()
    if not name:
        return sender
    if _is_plain(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    else:
        name = _encoded(name, header="From")
    last = name.rpartition("\n")[2]
    fits = len("From: ") + len(last) + len(sender) + 3 <= LINE_CHARACTERS_MAX
    return f"{name}{' ' if fits else _FOLD}<{sender}>"


def _subject(text: str) -> str:
    """The text as the header has it, folded between words (RFC 5322, 2.2.3)."""
    if not _is_plain(text):
        return _encoded(text, header="Subject")
    lines = [""]
    room = LINE_CHARACTERS_MAX - len("Subject: ")
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
            room = LINE_CHARACTERS_MAX
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return _FOLD.join(lines)


def _is_plain(text: str) -> bool:
    # What looks like an encoded word would be decoded by who reads it, and a word that is longer
    # than a line may be can only be folded when it is encoded.
    fits = all(len(word) <= WORD_CHARACTERS_MAX for word in text.split(" "))
    return fits and "=?" not in text and _PRINTABLE.fullmatch(text) is not None


def _encoded(text: str, *, header: str) -> str:
    """RFC 2047's encoded words, one a line."""
    encoded = Header(text, "utf-8", maxlinelen=LINE_CHARACTERS_MAX, header_name=header).encode()
    return _FOLD.join(line.strip() for line in encoded.splitlines())


def _domain(text: str) -> str:
    """A domain of two labels or more in ASCII and small letters."""
    try:
        encoded = text if text.isascii() else idna.encode(text, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise InvalidAddress("a domain that cannot exist") from None
    labels = encoded.lower().split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        raise InvalidAddress("a domain that cannot exist")
    return ".".join(labels)


def _encodable(text: str) -> str:
    """A lone half of a surrogate pair cannot be written as UTF-8."""
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
