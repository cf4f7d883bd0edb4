"""Settings are read once, and a wrong one is refused in a sentence that says how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.infra.config import SettingError, Settings, fresh_secret, listing, variable

SECRET = fresh_secret()


def read(**given: str) -> Settings:
    return Settings.from_environment({"PORTAL_SECRET": SECRET, **given})


def refusal(**given: str) -> str:
    with pytest.raises(SettingError) as refused:
        read(**given)
    said = str(refused.value)
    assert "\n" not in said
    assert said.endswith((".", "'"))
    return said


def test_a_secret_is_needed() -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_environment({})
    assert str(refused.value) == (
        "PORTAL_SECRET is not set; make one with:"
        " python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    )


def test_a_demonstration_needs_none() -> None:
    assert Settings.from_environment({"PORTAL_DEMO": "yes"}).secret == ""


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        ("x" * 31, "has 31 bytes, but needs at least 32; make one with: "),
        ("é" * 15, "has 30 bytes, but needs at least 32; make one with: "),
        ("a" * 64, "repeats a few characters only; take a random one"),
        ("0123456" * 9, "repeats a few characters only; take a random one"),
    ],
)
def test_a_weak_secret_is_refused_without_being_shown(secret: str, says: str) -> None:
    said = refusal(PORTAL_SECRET=secret)
    assert said.startswith(f"PORTAL_SECRET {says}")
    assert secret not in said


def test_a_weak_secret_is_refused_in_a_demonstration_as_well() -> None:
    assert refusal(PORTAL_SECRET="short", PORTAL_DEMO="yes").startswith("PORTAL_SECRET has 5 bytes")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PUBLIC_SCHEME", "ftp", "is 'ftp', but must be http or https."),
        ("PUBLIC_SCHEME", "HTTPS", "is 'HTTPS', but must be http or https."),
        ("LISTEN_PORT", "0", "is '0', but must be a number from 1 to 65535."),
        ("LISTEN_PORT", "65536", "is '65536', but must be a number from 1 to 65535."),
        ("LISTEN_PORT", "-1", "is '-1', but must be a number from 1 to 65535."),
        ("LISTEN_PORT", "8_0", "is '8_0', but must be a number from 1 to 65535."),
        ("LISTEN_PORT", "٨٠", "is '٨٠', but must be a number from 1 to 65535."),
        ("PUBLIC_PORT", "80.0", "is '80.0', but must be a number from 1 to 65535."),
        ("WEB_WORKERS", "0", "is '0', but must be a number from 1 to 64."),
        ("WORKER_COUNT", "65", "is '65', but must be a number from 1 to 64."),
        ("TRUST_PROXY", "maybe", "is 'maybe', but must be yes or no."),
        ("DEMO", "2", "is '2', but must be yes or no."),
        (
            "DATABASE_URL",
            "mysql://root:hunter2@h/d",
            "must begin with postgresql://, as in postgresql://portal@db.internal/portal.",
        ),
        (
            "MAIL",
            "localhost:25",
            "must be smtp://user:password@host:587, smtps://… or folder:/path to write .eml files.",
        ),
        (
            "HOOK_ORIGIN",
            "http://10.0.0.5:8000/",
            "must be like http://10.0.0.5:8000, without a slash at its end.",
        ),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: str, says: str) -> None:
    assert refusal(**{f"PORTAL_{name}": value}) == f"PORTAL_{name} {says}"


def test_a_setting_that_is_none_is_refused() -> None:
    """A slip in a name would go unnoticed otherwise, and its default hold."""
    assert refusal(PORTAL_SECRTE="x") == (
        "PORTAL_SECRTE is no setting of the portal; `portal settings` lists them all."
    )


def test_what_the_test_suite_is_told_is_none_of_the_portals() -> None:
    read(PORTAL_TEST_NO_SKIPS="1")


def test_an_empty_setting_is_as_good_as_none() -> None:
    assert read(PORTAL_LISTEN_PORT="", PORTAL_MAIL="  ") == read()


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings = read(
        PORTAL_DATABASE_URL="postgresql://portal@db/portal",
        PORTAL_DATA_DIR=str(tmp_path),
        PORTAL_PUBLIC_SCHEME="http",
        PORTAL_PUBLIC_PORT="8080",
        PORTAL_LISTEN_PORT="8081",
        PORTAL_LISTEN_HOST="0.0.0.0",  # noqa: S104 - nobody listens there in this test
        PORTAL_WEB_WORKERS="3",
        PORTAL_WORKER_COUNT="4",
        PORTAL_MAIL="smtps://u:p@mail.example.com",
        PORTAL_MAIL_FROM="bounces@example.com",
        PORTAL_HOOK_ORIGIN="http://10.0.0.5:8000",
        PORTAL_TRUST_PROXY="ON",
        PORTAL_DEMO="true",
    )
    assert settings == Settings(
        secret=SECRET,
        database_url="postgresql://portal@db/portal",
        data_dir=tmp_path,
        public_scheme="http",
        public_port=8080,
        listen_port=8081,
        listen_host="0.0.0.0",  # noqa: S104 - nobody listens there in this test
        web_workers=3,
        worker_count=4,
        mail="smtps://u:p@mail.example.com",
        mail_from="bounces@example.com",
        hook_origin="http://10.0.0.5:8000",
        trust_proxy=True,
        demo=True,
    )
    assert Settings.from_environment(settings.environment()) == settings


def test_the_data_folder_is_a_whole_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    assert read(PORTAL_DATA_DIR="data").data_dir == tmp_path / "data"
    assert read(PORTAL_DATA_DIR="~/data").data_dir == Path("/home/ada/data")


@given(
    st.builds(
        Settings,
        secret=st.just(SECRET),
        public_scheme=st.sampled_from(["http", "https"]),
        public_port=st.integers(1, 65535),
        web_workers=st.integers(1, 64),
        trust_proxy=st.booleans(),
        demo=st.booleans(),
        data_dir=st.just(Path("/var/lib/portal")),
    )
)
def test_a_process_that_is_started_reads_the_same(settings: Settings) -> None:
    assert Settings.from_environment(settings.environment()) == settings


@pytest.mark.parametrize(
    ("scheme", "port", "shown"),
    [("https", "443", ""), ("http", "80", ""), ("http", "8000", ":8000"), ("https", "80", ":80")],
)
def test_links_show_a_port_only_where_it_is_needed(scheme: str, port: str, shown: str) -> None:
    assert read(PORTAL_PUBLIC_SCHEME=scheme, PORTAL_PUBLIC_PORT=port).url_port == shown


def test_gateways_reach_us_on_this_machine_unless_told_otherwise() -> None:
    assert read(PORTAL_LISTEN_PORT="8081").hooks == "http://127.0.0.1:8081"
    assert read(PORTAL_HOOK_ORIGIN="http://10.0.0.5").hooks == "http://10.0.0.5"


def test_a_list_of_settings_hides_secrets() -> None:
    settings = read(
        PORTAL_DATABASE_URL="postgresql://portal:hunter2@db/portal",
        PORTAL_MAIL="smtp://u:hunter3@mail",
    )
    listed = {name: value for name, value, _ in listing(settings)}
    assert listed["PORTAL_SECRET"] == "(set)"
    assert listed["PORTAL_DATABASE_URL"] == "(set)"
    assert listed["PORTAL_MAIL"] == "(set)"
    assert listed["PORTAL_TRUST_PROXY"] == "no"
    assert "hunter" not in str(listed)
    assert SECRET not in str(listed)


def test_a_list_of_settings_has_all_of_them_and_says_what_each_is_for() -> None:
    assert [name for name, _, _ in listing(read())] == [
        variable(name) for name in Settings.__dataclass_fields__
    ]
    assert all(about for _, _, about in listing(read()))


def test_a_fresh_secret_is_accepted() -> None:
    assert read(PORTAL_SECRET=fresh_secret()).secret != fresh_secret()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ZONE", "a_b.test", "must be a domain like portals.example.net"),
        ("ZONE", "192.0.2.1", "must be a domain like portals.example.net"),
        ("ZONE", "a..test", "must be a domain like portals.example.net"),
        ("ZONE", "a." * 120 + "test", "must be a domain like portals.example.net"),
        ("PUBLIC_ADDRESSES", "here", "must be IP addresses such as 192.0.2.1,2001:db8::1"),
        ("PUBLIC_ADDRESSES", "192.0.2.1,", "must be IP addresses such as"),
        ("DNS_SERVERS", "192.0.2.53", "must be addresses with ports such as 192.0.2.53:53"),
        ("DNS_SERVERS", "dns.test:53", "must be addresses with ports such as 192.0.2.53:53"),
        ("EMAIL2SMS_HOST", "mx", "must be a host name like mx.example.net"),
        ("EMAIL2SMS_HOST", "192.0.2.25", "must be a host name like mx.example.net"),
        ("EMAIL2SMS_HOST", "10 mx.example.net", "must be a host name like mx.example.net"),
        ("EMAIL2SMS_HOST", "mx." * 90 + "test", "must be a host name like mx.example.net"),
        ("HTTPS", "perhaps", "must be yes or no"),
        ("HTTPS_HOST", "front", "must be an IP address of this machine"),
        ("ACME_DIRECTORY", "http://acme.test/dir", "must be the https:// address of an ACME"),
        ("ACME_DIRECTORY", 'https://acme.test/"', "must be the https:// address of an ACME"),
        ("ACME_EMAIL", 'ops@"x', "must be an e-mail address"),
        ("ACME_ROOT", "/nowhere/root.pem", "must be a file that is there"),
    ],
)
def test_names_and_certificates_are_told_well(name: str, value: str, says: str) -> None:
    assert says in refusal(**{f"PORTAL_{name}": value})


def test_names_and_certificates(tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.touch()
    settings = read(
        PORTAL_ZONE="Portals.Example.NET.",
        PORTAL_PUBLIC_ADDRESSES="192.0.2.1, 2001:db8:0:0::1",
        PORTAL_DNS_SERVERS="192.0.2.53:53, [2001:db8::53]:5353",
        PORTAL_EMAIL2SMS_HOST="MX.example.net.",
        PORTAL_HTTPS_HOST="[2001:db8::1]",
        PORTAL_ACME_DIRECTORY="https://acme.test/dir",
        PORTAL_ACME_EMAIL="ops@wholesale.test",
        PORTAL_ACME_ROOT=str(root),
        PORTAL_DATA_DIR=str(tmp_path),
    )
    assert settings.zone == "portals.example.net"
    assert settings.addresses == ["192.0.2.1", "2001:db8::1"]
    assert settings.nameservers == [("192.0.2.53", 53), ("2001:db8::53", 5353)]
    assert settings.email2sms_host == "mx.example.net"
    assert settings.https_host == "2001:db8::1"
    assert (settings.acme_directory, settings.acme_root) == ("https://acme.test/dir", str(root))
    assert Settings.from_environment(settings.environment()) == settings
    assert (read().addresses, read().nameservers) == ([], [])
    assert [each.takes_names for each in (settings, read(PORTAL_ZONE="a.test"), read())] == [
        True,
        True,
        False,
    ]
    assert read(PORTAL_ACME_DIRECTORY="internal").acme_directory == "internal"
