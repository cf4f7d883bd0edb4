"""The texts of settings: each is read as a value, or refused with what it should be."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Final

SECRET_BYTES_MIN: Final = 32
INTERNAL_CA: Final = "internal"
"""Instead of an ACME directory: certificates that browsers warn of, for trying things out."""
_ZONE = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)*(?!-)[a-z][a-z0-9-]{0,62}(?<!-)", re.ASCII)
_WEB_ADDRESS = re.compile(r"https://[\x21\x23-\x5b\x5d-\x7a]{1,300}", re.ASCII)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,253}", re.ASCII)


def secret(text: str) -> str:
    """A secret that is long enough, and no mere repetition.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if len(text.encode()) < SECRET_BYTES_MIN:
        raise ValueError(
            f"has {len(text.encode())} bytes, but needs at least {SECRET_BYTES_MIN};"
            " make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if len(set(text)) < 8:
        raise ValueError("repeats a few characters only; take a random one")
    return text


def scheme(text: str) -> str:
    """How pages are asked for.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if text not in {"http", "https"}:
        raise ValueError(f"is {text!r}, but must be http or https")
    return text


def tcp_port(text: str) -> int:
    """A port of TCP.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError(f"is {text!r}, but must be a number from 1 to 65535")
    return int(text)


def count(text: str) -> int:
    """How many processes.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise ValueError(f"is {text!r}, but must be a number from 1 to 64")
    return int(text)


def switch(text: str) -> bool:
    """Yes or no, as people write them.

    Raises:
        ValueError: it is none; says what it should be.
    """
    words = {"1": True, "yes": True, "true": True, "on": True}
    words |= {"0": False, "no": False, "false": False, "off": False}
    if text.lower() not in words:
        raise ValueError(f"is {text!r}, but must be yes or no")
    return words[text.lower()]


def database_url(text: str) -> str:
    """Where a PostgreSQL is.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError(
            "must begin with postgresql://, as in postgresql://portal@db.internal/portal"
        )
    return text


def mail(text: str) -> str:
    """Where mails are handed over.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if not text.startswith(("smtp://", "smtps://", "folder:")):
        raise ValueError(
            "must be smtp://user:password@host:587, smtps://… or folder:/path to write .eml files"
        )
    return text


def origin(text: str) -> str:
    """Scheme, host and port of a server, as in `http://10.0.0.5:8000`.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if not text.startswith(("http://", "https://")) or text.endswith("/"):
        raise ValueError("must be like http://10.0.0.5:8000, without a slash at its end")
    return text


def zone(text: str) -> str:
    """A domain, in small letters and without a dot at its end.

    Raises:
        ValueError: it is none; says what it should be.
    """
    zone = text.lower().removesuffix(".")
    if not _ZONE.fullmatch(zone) or len(zone) > 200:
        raise ValueError(f"is {text!r}, but must be a domain like portals.example.net")
    return zone


def mail_host(text: str) -> str:
    """The name of a mail server, as an MX record has it: a whole name, and no address.

    Raises:
        ValueError: it is none; says what it should be.
    """
    name = text.lower().removesuffix(".")
    if not _ZONE.fullmatch(name) or "." not in name or len(name) > 253:
        raise ValueError(f"is {text!r}, but must be a host name like mx.example.net")
    return name


def addresses(text: str) -> str:
    """IP addresses, in the short form that look-ups give, with commas between them.

    Raises:
        ValueError: it is none; says what it should be.
    """
    try:
        found = [str(ipaddress.ip_address(each.strip())) for each in text.split(",")]
    except ValueError:
        raise ValueError(
            f"is {text!r}, but must be IP addresses such as 192.0.2.1,2001:db8::1"
        ) from None
    return ",".join(found)


def servers(text: str) -> str:
    """Addresses with ports, with commas between them.

    Raises:
        ValueError: it is none; says what it should be.
    """
    for each in text.split(","):
        host, _, port = each.strip().rpartition(":")
        try:
            ipaddress.ip_address(host.strip("[]"))
            tcp_port(port)
        except ValueError:
            raise ValueError(
                f"is {text!r}, but must be addresses with ports such as 192.0.2.53:53"
            ) from None
    return ",".join(each.strip() for each in text.split(","))


def directory(text: str) -> str:
    """An ACME directory's address, or `INTERNAL_CA`.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if text != INTERNAL_CA and not _WEB_ADDRESS.fullmatch(text):
        raise ValueError("must be the https:// address of an ACME directory, or internal")
    return text


def listen(text: str) -> str:
    """An IP address, in its short form.

    Raises:
        ValueError: it is none; says what it should be.
    """
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        raise ValueError(f"is {text!r}, but must be an IP address of this machine") from None


def contact(text: str) -> str:
    """An e-mail address.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if not _EMAIL.fullmatch(text):
        raise ValueError(f"is {text!r}, but must be an e-mail address")
    return text


def file(text: str) -> str:
    """A file that is there, by its whole path.

    Raises:
        ValueError: it is none; says what it should be.
    """
    if not Path(text).expanduser().is_file() or '"' in text:
        raise ValueError(f"is {text!r}, but must be a file that is there")
    return str(Path(text).expanduser().absolute())


def folder(text: str) -> Path:
    """A folder, by its whole path."""
    return Path(text).expanduser().absolute()
