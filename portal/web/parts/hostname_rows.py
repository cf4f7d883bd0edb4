"""Host names as lists and their own pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask_babel import gettext, lazy_gettext

from portal.tenancy import hostname_rules
from portal.tenancy.hostname_rules import Why
from portal.tenancy.own_names import Name
from portal.tenancy.statuses import Finding, GivenBy, State

REFUSALS: Final[Mapping[Why, str]] = {
    Why.LONG: lazy_gettext("This is too long for a name: 253 characters at most."),
    Why.ADDRESS_BAR: lazy_gettext(
        "Write the name alone, without https:// before it and without anything after it, as in"
        " sms.example.com."
    ),
    Why.WILDCARD: lazy_gettext("A star stands for many names. Write one whole name."),
    Why.UNDERSCORE: lazy_gettext("Leave the underscore out: browsers do not open such names."),
    Why.NUMBERS: lazy_gettext(
        "This is an address of numbers. Write a name, as in sms.example.com."
    ),
    Why.PORT: lazy_gettext("Leave out the colon and what follows it."),
    Why.DOT: lazy_gettext("Leave out the dot at the end."),
    Why.LOCAL: lazy_gettext("This name works on one machine or in one office only."),
    Why.NO_DOT: lazy_gettext("Write the whole name with its ending, as in sms.example.com."),
    Why.CHARACTERS: lazy_gettext(
        "This is no name for a website. Use letters, digits and dashes with dots between them, as"
        " in sms.example.com."
    ),
    Why.CODED: lazy_gettext(
        "What begins with xn-- here stands for no letters. Write the name as you read it."
    ),
    Why.MIXED: lazy_gettext(
        "Letters of two alphabets are mixed in this name, as in names that imitate others. Write it"
        " in one alphabet."
    ),
    Why.SUFFIX: lazy_gettext(
        "This is an ending that many share. Write your own domain or a name in it."
    ),
    Why.OURS: lazy_gettext(
        "This name is kept for the portal itself. Choose one in your own domain."
    ),
}
"""Why a name is refused, for the person who wrote it."""

_PROOF: Final[Mapping[Finding, str]] = {
    Finding.UNCHECKED: lazy_gettext("Not looked up yet."),
    Finding.RIGHT: lazy_gettext("Found. Please leave it there."),
    Finding.MISSING: lazy_gettext(
        "Not found so far. A new record can take an hour until everybody sees it."
    ),
    Finding.OTHER: lazy_gettext("There is such a record, but it says something else."),
    Finding.NO_ANSWER: lazy_gettext("The servers of the domain do not answer. We go on trying."),
    Finding.TAKEN: lazy_gettext("Another portal has proved this name before."),
}
_REACH: Final[Mapping[Finding, str]] = {
    **_PROOF,
    Finding.RIGHT: lazy_gettext("The name leads here."),
    Finding.MISSING: lazy_gettext(
        "The name leads nowhere so far. A new record can take an hour until everybody sees it."
    ),
    Finding.OTHER: lazy_gettext(
        "The name leads elsewhere. Delete other records of this name of the kinds A, AAAA and"
        " CNAME, and let no other service stand before it."
    ),
}
_PROOF_GONE: Final = lazy_gettext("The record is no longer there. Please add it again.")
_REACH_GONE: Final = lazy_gettext("The name leads nowhere any more. Please add its record again.")
_MAIL: Final[Mapping[Finding, str]] = {
    **_PROOF,
    Finding.RIGHT: lazy_gettext("Found."),
    Finding.MISSING: lazy_gettext("Not found. The name works without it."),
    Finding.OTHER: lazy_gettext(
        "Mail to this name goes elsewhere. Leave it so if people get their mail there."
    ),
}


@dataclass(frozen=True, kw_only=True)
class HostnameRow:
    """A name; `reading` is how it is meant to be read, if it has letters beyond A to Z."""

    name: str
    reading: str
    state: State
    is_primary: bool
    is_of_zone: bool
    needs_proof: bool
    checking: bool
    may_be_primary: bool
    can_be_released: bool
    checked_at: datetime | None
    failing_since: datetime | None
    certificate_until: datetime | None
    free_again_at: datetime | None

    @property
    def moves(self) -> bool:
        """Whether it may soon look otherwise, so that the page is worth looking at again."""
        return self.checking or self.state in {State.WAITING, State.PROVEN}


@dataclass(frozen=True, kw_only=True)
class Check:
    """What was found for one record; `found` is what it says instead, if anything."""

    is_right: bool
    is_wrong: bool
    text: str
    found: str


def row(name: Name) -> HostnameRow:
    """A name, as everybody who may see it sees it."""
    of = name.row
    is_of_zone = of.given_by is GivenBy.ZONE
    return HostnameRow(
        name=of.name,
        reading=hostname_rules.reading(of.name),
        # Nobody looks a name of the zone up: that it leads here is part of having a zone.
        state=State.READY if is_of_zone and name.state is State.PROVEN else name.state,
        is_primary=of.primary,
        is_of_zone=is_of_zone,
        needs_proof=of.given_by is GivenBy.RESELLER,
        checking=name.checking,
        may_be_primary=name.may_be_primary and not of.primary,
        can_be_released=name.can_be_released,
        checked_at=of.checked_at,
        failing_since=of.failing_since,
        certificate_until=of.certificate_until,
        free_again_at=name.free_again_at,
    )


def proof_of(name: Name) -> Check:
    """What is known of the record that proves whose the name is."""
    if _is_gone(name, name.row.proof):
        return Check(is_right=False, is_wrong=True, text=str(_PROOF_GONE), found="")
    return _check(name.row.proof, _PROOF, name.row.found_texts)


def reach_of(name: Name) -> Check:
    """What is known of where the name leads."""
    if _is_gone(name, name.row.reach):
        return Check(is_right=False, is_wrong=True, text=str(_REACH_GONE), found="")
    return _check(name.row.reach, _REACH, name.row.found_addresses)


def mail_of(name: Name) -> Check:
    """What is known of the record for Email2SMS; nothing is wrong with a name that has none."""
    found = _check(name.row.mail, _MAIL, name.row.found_mail_hosts)
    return replace(found, is_wrong=False)


def _is_gone(name: Name, finding: Finding) -> bool:
    """Whether a record is missing that was there; to wait for it helps nobody."""
    return finding is Finding.MISSING and name.state is State.FAILING


def _check(finding: Finding, words: Mapping[Finding, str], found: str) -> Check:
    elsewhere = finding is Finding.OTHER and found
    return Check(
        is_right=finding is Finding.RIGHT,
        is_wrong=finding in {Finding.OTHER, Finding.TAKEN},
        text=str(words[finding]),
        found=gettext("It says: %(found)s", found=found) if elsewhere else "",
    )
