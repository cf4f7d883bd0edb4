"""Settings of one installation, read from `PORTAL_…` variables and refused when wrong."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

SECRET_BYTES_MIN = 32
_ZONE = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)*(?!-)[a-z][a-z0-9-]{0,62}(?<!-)", re.ASCII)
_WEB_ADDRESS = re.compile(r"https://[\x21\x23-\x5b\x5d-\x7a]{1,300}", re.ASCII)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,253}", re.ASCII)
INTERNAL_CA = "internal"
"""Instead of an ACME directory: certificates that browsers warn of, for trying things out."""
_NO_SETTINGS = ("PORTAL_TEST_", "PORTAL_INSTALL_")
"""What the test suite is told, and what `portal install` is; nothing of the installation's."""


class SettingError(Exception):
    """A setting is missing or wrong; the text says which, and how to mend it."""


def _secret(text: str) -> str:
    if len(text.encode()) < SECRET_BYTES_MIN:
        raise ValueError(
            f"has {len(text.encode())} bytes, but needs at least {SECRET_BYTES_MIN};"
            " make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if len(set(text)) < 8:
        raise ValueError("repeats a few characters only; take a random one")
    return text


def _scheme(text: str) -> str:
    if text not in {"http", "https"}:
        raise ValueError(f"is {text!r}, but must be http or https")
    return text


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError(f"is {text!r}, but must be a number from 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise ValueError(f"is {text!r}, but must be a number from 1 to 64")
    return int(text)


def _switch(text: str) -> bool:
    words = {"1": True, "yes": True, "true": True, "on": True}
    words |= {"0": False, "no": False, "false": False, "off": False}
    if text.lower() not in words:
        raise ValueError(f"is {text!r}, but must be yes or no")
    return words[text.lower()]


def _database_url(text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError(
            "must begin with postgresql://, as in postgresql://portal@db.internal/portal"
        )
    return text


def _mail(text: str) -> str:
    if not text.startswith(("smtp://", "smtps://", "folder:")):
        raise ValueError(
            "must be smtp://user:password@host:587, smtps://… or folder:/path to write .eml files"
        )
    return text


def _origin(text: str) -> str:
    if not text.startswith(("http://", "https://")) or text.endswith("/"):
        raise ValueError("must be like http://10.0.0.5:8000, without a slash at its end")
    return text


def _zone(text: str) -> str:
    zone = text.lower().removesuffix(".")
    if not _ZONE.fullmatch(zone) or len(zone) > 200:
        raise ValueError(f"is {text!r}, but must be a domain like portals.example.net")
    return zone


def _addresses(text: str) -> str:
    """IP addresses, in the short form that look-ups give, with commas between them."""
    try:
        found = [str(ipaddress.ip_address(each.strip())) for each in text.split(",")]
    except ValueError:
        raise ValueError(
            f"is {text!r}, but must be IP addresses such as 192.0.2.1,2001:db8::1"
        ) from None
    return ",".join(found)


def _servers(text: str) -> str:
    for each in text.split(","):
        host, _, port = each.strip().rpartition(":")
        try:
            ipaddress.ip_address(host.strip("[]"))
            _port(port)
        except ValueError:
            raise ValueError(
                f"is {text!r}, but must be addresses with ports such as 192.0.2.53:53"
            ) from None
    return ",".join(each.strip() for each in text.split(","))


def _directory(text: str) -> str:
    if text != INTERNAL_CA and not _WEB_ADDRESS.fullmatch(text):
        raise ValueError("must be the https:// address of an ACME directory, or internal")
    return text


def _listen(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        raise ValueError(f"is {text!r}, but must be an IP address of this machine") from None


def _contact(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError(f"is {text!r}, but must be an e-mail address")
    return text


def _file(text: str) -> str:
    if not Path(text).expanduser().is_file() or '"' in text:
        raise ValueError(f"is {text!r}, but must be a file that is there")
    return str(Path(text).expanduser().absolute())


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


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
        _secret, "", "signs links and seals passwords of gateways; at least 32 bytes", secret=True
    )
    database_url: str = _setting(
        _database_url,
        "",
        "PostgreSQL 15 or newer; empty: the embedded one in the data folder",
        secret=True,
    )
    data_dir: Path = _setting(_folder, Path("var"), "where files and the embedded database live")
    public_scheme: str = _setting(_scheme, "https", "http or https, for links in mails")
    public_port: int = _setting(_port, 443, "the port that people reach, for links in mails")
    listen_port: int = _setting(_port, 8000, "the port that the web server takes")
    listen_host: str = _setting(str, "127.0.0.1", "the address that the web server takes")
    web_workers: int = _setting(_count, 2, "web processes on this machine")
    worker_count: int = _setting(_count, 1, "worker processes on this machine")
    mail: str = _setting(
        _mail, "", "smtp://user:password@host:587, smtps://… or folder:/path", secret=True
    )
    mail_from: str = _setting(str, "", "the envelope sender of all mail")
    private_mail_servers: bool = _setting(
        _switch, False, "yes lets resellers' own mail servers be in private networks; for tests"
    )
    hook_origin: str = _setting(
        _origin, "", "where gateways reach us; empty: http://127.0.0.1 and the listen port"
    )
    zone: str = _setting(
        _zone, "", "each reseller has <short name>.<zone> at once; * in it has to lead here"
    )
    public_addresses: str = _setting(
        _addresses, "", "where resellers' own names have to lead to; empty: where the zone does"
    )
    dns_servers: str = _setting(
        _servers, "", "who is asked for such names, as 192.0.2.53:53; empty: the system's servers"
    )
    https: bool = _setting(_switch, False, "yes: `portal up` runs Caddy in front, as with --https")
    https_host: str = _setting(_listen, "", "the address that Caddy takes; empty: all of them")
    https_port: int = _setting(_port, 443, "the port that Caddy takes for https")
    http_port: int = _setting(_port, 80, "the port that Caddy takes for http, to lead on to https")
    acme_directory: str = _setting(
        _directory, "", "an ACME directory; empty: Let's Encrypt or ZeroSSL; internal: a CA of ours"
    )
    acme_email: str = _setting(_contact, "", "whom they write to if something is wrong with one")
    acme_root: str = _setting(_file, "", "a PEM file to trust that directory's own TLS by")
    trust_proxy: bool = _setting(
        _switch, False, "yes behind exactly one proxy that sets X-Forwarded-For and -Proto"
    )
    watch_themes: bool = _setting(
        _switch, False, "yes while somebody writes a theme: pages notice when its files change"
    )
    stripe_api: str = _setting(_origin, "", "another Stripe, for tests and demonstrations")
    paypal_api: str = _setting(_origin, "", "another PayPal, for tests and demonstrations")
    demo: bool = _setting(_switch, False, "yes makes a demonstration: weak secrets, sandbox phones")

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
