"""Host names: read strictly, unique over all portals, one of each in its links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, text, update

from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy import hostnames
from portal.tenancy.hostnames import Found, HostnameInvalid, HostnameTaken
from portal.tenancy.models import Hostname
from tests.cast import HARBOUR, SUNNY, Cast

LABEL = "a" * 63


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        ":80",
        " ",
        "sunny..test",
        ".sunny.test",
        "sunny.test..",
        "sunny.test:",
        "sunny.test:port",
        "sunny.test:123456",
        "sunny.test:80:80",
        "sunny.test/",
        "user@sunny.test",
        "sunny.test\\evil",
        "sunny.test?x",
        "sunny.test#x",
        "sun ny.test",
        "sunny.test\x00",
        "under_score.test",
        "faß_.de",
        "-sunny.test",
        "sunny-.test",
        "127.0.0.1",
        "127.0.0.1:8000",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "sunny.0x1",
        "sunny.1",
        "[::1]",
        "[::1]:80",
        "::1",
        "１２７.0.0.1",
        "sunny。test。",
        "a\u200db.test",
        "xn\u2011-a.test",
        f"{LABEL}a.test",
        f"{LABEL}.{LABEL}.{LABEL}.{'b' * 62}",  # 254 characters
        "a" * 300,
    ],
)
def test_what_is_no_host_name(host: str) -> None:
    assert hostnames.normalise(host) is None


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("sunny.test", "sunny.test"),
        ("SUNNY.Test", "sunny.test"),
        ("sunny.test.", "sunny.test"),
        ("sunny.test:8000", "sunny.test"),
        ("Sunny.Test.:443", "sunny.test"),
        (" sunny.test ", "sunny.test"),
        ("localhost", "localhost"),
        ("1sunny.t-2.test", "1sunny.t-2.test"),
        ("faß.de", "xn--fa-hia.de"),
        ("FASS.de", "fass.de"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("℡.com", "tel.com"),
        ("ｓｕｎｎｙ．test", "sunny.test"),
        ("sunny。test", "sunny.test"),
        (f"{LABEL}.{LABEL}.{LABEL}.{'b' * 61}", f"{LABEL}.{LABEL}.{LABEL}.{'b' * 61}"),
        (f"{LABEL}.{LABEL}.{LABEL}.{'b' * 61}.:65535", f"{LABEL}.{LABEL}.{LABEL}.{'b' * 61}"),
    ],
)
def test_as_it_is_stored(host: str, name: str) -> None:
    assert hostnames.normalise(host) == name


@given(st.text(max_size=300) | st.from_regex(r"[a-zß℡１。.\-:0-9]{1,40}", fullmatch=True))
def test_it_never_fails_and_what_it_makes_it_leaves_alone(host: str) -> None:
    name = hostnames.normalise(host)
    if name is not None:
        assert hostnames.normalise(name) == name
        assert name == name.lower()
        assert name.isascii()
        assert len(name) <= 253


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "under_score.test", ""])
def test_no_portal_answers_to_what_is_no_name(session: ResellerSession, name: str) -> None:
    with pytest.raises(HostnameInvalid):
        hostnames.add(session, name, primary=False)


def test_a_name_of_another_portal_is_taken_and_changes_nothing(
    session: ResellerSession, cast: Cast
) -> None:
    for name in (cast.harbour_host, cast.harbour_host.upper() + "."):
        with pytest.raises(HostnameTaken):
            hostnames.add(session, name, primary=True)
    session.flush()
    assert hostnames.primary_of(session) == cast.sunny_host
    assert hostnames.names_of(session) == [cast.sunny_host]


def test_a_new_primary_takes_the_place_of_the_one_before(
    session: ResellerSession, cast: Cast
) -> None:
    hostnames.add(session, "B.Sunny.test", primary=False)
    hostnames.add(session, "a.sunny.test", primary=True)
    session.flush()
    assert hostnames.primary_of(session) == "a.sunny.test"
    assert hostnames.names_of(session) == ["a.sunny.test", "b.sunny.test", cast.sunny_host]
    hostnames.add(session, cast.sunny_host, primary=True)
    hostnames.add(session, "a.sunny.test", primary=False)
    session.flush()
    assert hostnames.names_of(session) == [cast.sunny_host, "a.sunny.test", "b.sunny.test"]


def test_the_others_keep_their_primary(session: ResellerSession, cast: Cast) -> None:
    hostnames.add(session, "a.sunny.test", primary=True)
    session.flush()
    session.execute(text("SELECT set_config('app.reseller', '*', true)"))
    primary = text('SELECT name FROM hostnames WHERE "primary" ORDER BY name')
    everybodys = ["a.sunny.test", cast.console_host, cast.harbour_host]
    assert session.scalars(primary).all() == everybodys


def test_a_name_is_found_whosever_it_is(shared_database: Database, cast: Cast) -> None:
    with shared_database.across_resellers() as session:
        assert hostnames.resolve(session, "nobody.test") is None
        assert hostnames.resolve(session, cast.sunny_host) == Found(SUNNY, cast.sunny_host, True)
        assert hostnames.resolve(session, cast.harbour_host) == Found(
            HARBOUR, cast.harbour_host, True
        )


def test_a_name_that_is_not_proven_is_nobodys(session: ResellerSession, cast: Cast) -> None:
    session.execute(update(Hostname).values(proven_at=None, primary=False))
    assert hostnames.resolve(session, cast.sunny_host) is None


def test_without_a_name_there_are_no_links(session: ResellerSession) -> None:
    session.execute(delete(Hostname))
    with pytest.raises(NotFound):
        hostnames.primary_of(session)
