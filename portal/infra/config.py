"""Settings of one installation, read from `PORTAL_…` variables and refused when wrong."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

from portal.infra import setting_texts as texts

_NO_SETTINGS = ("PORTAL_TEST_", "PORTAL_INSTALL_")
"""What the test suite is told, and what `portal install` is; nothing of the installation's."""


class SettingError(Exception):
    """A setting is missing or wrong; the text says which, and how to mend it."""


def _setting(
    read: Callable[[str], Any], default: object, about: str, *, secret: bool = False
) -> Any:
    return dataclass_field(
        default=default, metadata={"read": read, "about": about, "secret": secret}
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation is told from outside; everything else is in the database."""

    secret: str = _setting(
        texts.secret,
        "",
        "signs links and seals passwords of gateways; at least 32 bytes",
        secret=True,
    )
    database_url: str = _setting(
        texts.database_url,
        "",
        "PostgreSQL 15 or newer; empty: the embedded one in the data folder",
        secret=True,
    )
    data_dir: Path = _setting(
        texts.folder, Path("var"), "where files and the embedded database live"
    )
    public_scheme: str = _setting(texts.scheme, "https", "http or https, for links in mails")
    public_port: int = _setting(
        texts.tcp_port, 443, "the port that people reach, for links in mails"
    )
    listen_port: int = _setting(texts.tcp_port, 8000, "the port that the web server takes")
    listen_host: str = _setting(str, "127.0.0.1", "the address that the web server takes")
    web_workers: int = _setting(texts.count, 2, "web processes on this machine")
    worker_count: int = _setting(texts.count, 1, "worker processes on this machine")
    mail: str = _setting(
        texts.mail, "", "smtp://user:password@host:587, smtps://… or folder:/path", secret=True
    )
    mail_from: str = _setting(str, "", "the envelope sender of all mail")
    private_mail_servers: bool = _setting(
        texts.switch,
        False,
        "yes lets resellers' own mail servers be in private networks; for tests",
    )
    hook_origin: str = _setting(
        texts.origin, "", "where gateways reach us; empty: http://127.0.0.1 and the listen port"
    )
    zone: str = _setting(
        texts.zone, "", "each reseller has <short name>.<zone> at once; * in it has to lead here"
    )
    public_addresses: str = _setting(
        texts.addresses,
        "",
        "where resellers' own names have to lead to; empty: where the zone does",
    )
    dns_servers: str = _setting(
        texts.servers,
        "",
        "who is asked for such names, as 192.0.2.53:53; empty: the system's servers",
    )
    email2sms_host: str = _setting(
        texts.mail_host,
        "",
        "a mail host that takes Email2SMS; empty: no MX record is shown with resellers' names",
    )
    https: bool = _setting(
        texts.switch, False, "yes: `portal up` runs Caddy in front, as with --https"
    )
    https_host: str = _setting(texts.listen, "", "the address that Caddy takes; empty: all of them")
    https_port: int = _setting(texts.tcp_port, 443, "the port that Caddy takes for https")
    http_port: int = _setting(
        texts.tcp_port, 80, "the port that Caddy takes for http, to lead on to https"
    )
    acme_directory: str = _setting(
        texts.directory,
        "",
        "an ACME directory; empty: Let's Encrypt or ZeroSSL; internal: a CA of ours",
    )
    acme_email: str = _setting(
        texts.contact, "", "whom they write to if something is wrong with one"
    )
    acme_root: str = _setting(texts.file, "", "a PEM file to trust that directory's own TLS by")
    trust_proxy: bool = _setting(
        texts.switch, False, "yes behind exactly one proxy that sets X-Forwarded-For and -Proto"
    )
    watch_themes: bool = _setting(
        texts.switch, False, "yes while somebody writes a theme: pages notice when its files change"
    )
    stripe_api: str = _setting(texts.origin, "", "another Stripe, for tests and demonstrations")
    paypal_api: str = _setting(texts.origin, "", "another PayPal, for tests and demonstrations")
    demo: bool = _setting(
        texts.switch, False, "yes makes a demonstration: weak secrets, sandbox phones"
    )

    @property
    def url_port(self) -> str:
        """The port as links show it: empty where the scheme implies it."""
        implied = {"http": 80, "https": 443}[self.public_scheme]
        return "" if self.public_port == implied else f":{self.public_port}"

    @property
    def addresses(self) -> list[str]:
        """The public addresses that were told."""
        return self.public_addresses.split(",") if self.public_addresses else []

    @property
    def takes_names(self) -> bool:
        """Whether it is known where a name that a reseller adds would have to lead."""
        return bool(self.zone or self.public_addresses)

    @property
    def nameservers(self) -> list[tuple[str, int]]:
        """Whom to ask for names: addresses and ports."""
        pairs = (each.rpartition(":") for each in self.dns_servers.split(",") if each)
        return [(host.strip("[]"), int(port)) for host, _, port in pairs]

    @property
    def hooks(self) -> str:
        """Where gateways call back to."""
        return self.hook_origin or f"http://127.0.0.1:{self.listen_port}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read every `PORTAL_…` variable.

        Raises:
            SettingError: for a wrong value, an unknown name, or a missing secret; one sentence.
        """
        known = {variable(f.name): f for f in fields(cls)}
        strange = sorted(
            name
            for name in environment
            if name.startswith("PORTAL_")
            and name not in known
            and not name.startswith(_NO_SETTINGS)
        )
        if strange:
            raise SettingError(
                f"{strange[0]} is no setting of the portal; `portal settings` lists them all."
            )
        values: dict[str, Any] = {}
        for name, declared in known.items():
            text = environment.get(name, "").strip()
            if not text:
                continue
            try:
                values[declared.name] = declared.metadata["read"](text)
            except ValueError as wrong:
                raise SettingError(f"{name} {wrong}.") from None
        settings = cls(**values)
        if not settings.secret and not settings.demo:
            raise SettingError(
                "PORTAL_SECRET is not set; make one with:"
                " python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return settings

    def environment(self) -> dict[str, str]:
        """The same settings as variables, for a process that is started with them."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {variable(name): _as_text(value) for name, value in values if value != ""}


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"PORTAL_{name.upper()}"


def listing(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Each setting's variable, its present value (secrets are hidden) and what it is for."""
    for declared in fields(Settings):
        value = _as_text(getattr(settings, declared.name))
        if declared.metadata["secret"] and value:
            value = "(set)"
        yield variable(declared.name), value, declared.metadata["about"]


def fresh_secret() -> str:
    """A secret good enough for `PORTAL_SECRET`."""
    return secrets.token_urlsafe(48)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
