"""What the short words of a portal's folder may be; a form and a command ask for the same ones."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.infra import mime, translation
from portal.ledger import units
from portal.pricing import destinations
from portal.tenancy import hostnames, login_sites, mail_domains, palette

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_PREFIX = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", re.ASCII)
_TEXT_MAX = 200


def slug(text: str) -> str:
    """A short name that commands and folders use.

    Raises:
        ValueError: for other characters, or too many.
    """
    if not _SLUG.fullmatch(text):
        raise ValueError("may have small letters, digits and dashes only, 40 at most")
    return text


def filled(text: str) -> str:
    """A text that people read, without blanks around it.

    Raises:
        ValueError: for an empty one, a long one, and one with line breaks or hidden characters.
    """
    stripped = text.strip()
    if not stripped:
        raise ValueError("may not be empty")
    if len(stripped) > _TEXT_MAX or not stripped.isprintable():
        raise ValueError(f"is to be one line of at most {_TEXT_MAX} characters")
    return stripped


def host(text: str) -> str:
    """A host name as it is stored.

    Raises:
        ValueError: it is none, or has no dot.
    """
    name = hostnames.normalise(text)
    if name is None or "." not in name:
        raise ValueError("is no host name such as sms.example.com")
    return name


def website(text: str) -> str:
    """The origin of a website that a password may be sent from.

    Raises:
        ValueError: it is none.
    """
    try:
        return login_sites.origin(text)
    except login_sites.InvalidSite:
        raise ValueError("is no website such as https://www.example.com") from None


def mail_domain(text: str) -> str:
    """A mail domain by which people are let in: one that not everybody gets an address at.

    Raises:
        ValueError: it is none, or such a one.
    """
    found = hostnames.normalise(text.removeprefix("@"))
    if found is None or "." not in found or ":" in text:
        raise ValueError("is no mail domain such as example.com")
    if mail_domains.is_public(found):
        raise ValueError("gives an address to anybody, so that nobody can be let in by it")
    return found


def email(text: str) -> str:
    """One e-mail address.

    Raises:
        ValueError: it is none.
    """
    try:
        return mime.address(text)
    except mime.InvalidAddress as invalid:
        raise ValueError(f"is {invalid}") from None


def currency(text: str) -> str:
    """The code of a currency that is in use.

    Raises:
        ValueError: it is none.
    """
    if text.upper() not in units.CURRENCIES_IN_USE:
        raise ValueError("is no currency code such as EUR")
    return text.upper()


def language(text: str) -> str:
    """A language that the portal speaks.

    Raises:
        ValueError: it does not speak it.
    """
    if text not in translation.languages():
        raise ValueError(f"is none of the portal's languages: {', '.join(translation.languages())}")
    return text


def offered_language(text: str) -> str:
    """A language that the portal's pages can be read in, be it only those of clients and visitors.

    Raises:
        ValueError: there is none such.
    """
    if text not in translation.all_languages():
        known = ", ".join(translation.all_languages())
        raise ValueError(f"is none of the portal's languages: {known}")
    return text


def country(text: str) -> str:
    """The ISO code of a country.

    Raises:
        ValueError: it is none.
    """
    if destinations.dial_code(text.upper()) is None:
        raise ValueError("is no country code such as DE")
    return text.upper()


def time_zone(text: str) -> str:
    """The name of a time zone.

    Raises:
        ValueError: it is none.
    """
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone such as Europe/Berlin") from None
    return text


def colour(text: str) -> str:
    """A colour as `#rrggbb`.

    Raises:
        ValueError: it is none.
    """
    try:
        return palette.colour(text)
    except palette.InvalidColour:
        raise ValueError("is no colour such as #206bc4") from None


def prefix(text: str) -> str:
    """The first digits of phone numbers, with their country code and without a plus.

    Raises:
        ValueError: it is none.
    """
    digits = text.removeprefix("+")
    if not _PREFIX.fullmatch(digits):
        raise ValueError("is no prefix such as 49 or 1876")
    return digits


def file_name(text: str) -> str:
    """The name of a file in the portal's own folder.

    Raises:
        ValueError: it leads elsewhere, or has unusual characters.
    """
    if not _FILE_NAME.fullmatch(text):
        raise ValueError("is no name of a file in this folder: letters, digits, dots and dashes")
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """A question after the known word that may be meant, or the known ones where none is near."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names)}"
