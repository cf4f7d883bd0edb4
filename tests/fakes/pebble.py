"""Pebble, the ACME test server, with a DNS in which every name leads to this machine."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import ipaddress
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.builders.running import free_port

PEBBLE = "pebble"
DNS = "pebble-challtestsrv"
INSTALL = "apt-get install -y --no-install-recommends pebble"


def require_pebble() -> None:
    """Skip the test where Pebble is missing, or fail it where nothing may be skipped."""
    if all(shutil.which(program) for program in (PEBBLE, DNS)):
        return
    reason = f"Pebble is not installed; to run this test: {INSTALL}"
    if os.environ.get("PORTAL_TEST_NO_SKIPS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


class Pebble:
    """An authority that issues certificates for whoever answers at `https_port` or `http_port`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.https_port, self.http_port = free_port(), free_port()
        self._acme_port, self._management_port = free_port(), free_port()
        self._dns_port, self._dns_management_port = _free_udp_port(), free_port()
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def directory(self) -> str:
        """Where certificates are asked for."""
        return f"https://127.0.0.1:{self._acme_port}/dir"

    @property
    def directory_root(self) -> Path:
        """By which its own TLS is trusted."""
        return self.folder / "acme-ca.pem"

    @property
    def dns_server(self) -> str:
        """Who is to be asked for names."""
        return f"127.0.0.1:{self._dns_port}"

    def start(self) -> None:
        """Start both programs and wait until they answer."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_certificates(self.folder)
        config = {
            "listenAddress": f"127.0.0.1:{self._acme_port}",
            "managementListenAddress": f"127.0.0.1:{self._management_port}",
            "certificate": str(self.folder / "acme.pem"),
            "privateKey": str(self.folder / "acme.key"),
            "httpPort": self.http_port,
            "tlsPort": self.https_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
        }
        file = self.folder / "pebble.json"
        file.write_text(json.dumps({"pebble": config}))
        self._spawn(
            DNS, "-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", "",
            "-dns01", self.dns_server, "-management", f"127.0.0.1:{self._dns_management_port}",
        )  # fmt: skip
        self._spawn(PEBBLE, "-config", str(file), "-dnsserver", self.dns_server)
        for port in (self._dns_management_port, self._acme_port, self._management_port):
            _until(lambda port=port: _listens(port))  # type: ignore[misc]  # bound at once

    def stop(self) -> None:
        """Stop both."""
        for each in self._running:
            each.terminate()
        for each in self._running:
            each.wait(timeout=10)

    def trusting(self) -> ssl.SSLContext:
        """What a browser trusts that knows this authority, and nobody else."""
        own = ssl.create_default_context(cafile=str(self.directory_root))
        there = http.client.HTTPSConnection(
            "127.0.0.1", self._management_port, context=own, timeout=10
        )
        with contextlib.closing(there):
            there.request("GET", "/roots/0")
            root = there.getresponse().read().decode()
        return ssl.create_default_context(cadata=root)

    def add_text(self, name: str, value: str) -> None:
        """Add a TXT record."""
        self._tell("set-txt", {"host": f"{name}.", "value": value})

    def lead_elsewhere(self, name: str, address: str) -> None:
        """Let a name have another address than this machine's."""
        self._tell("add-a", {"host": f"{name}.", "addresses": [address]})

    def _tell(self, act: str, facts: object) -> None:
        there = http.client.HTTPConnection("127.0.0.1", self._dns_management_port, timeout=10)
        with contextlib.closing(there):
            there.request("POST", f"/{act}", json.dumps(facts))
            assert there.getresponse().status == 200

    def _spawn(self, *command: str) -> None:
        with (self.folder / f"{command[0]}.log").open("wb") as log:
            self._running.append(
                subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"},
                )
            )


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _free_udp_port() -> int:
    """A port that is free for both kinds, since a DNS takes both."""
    while True:
        number = free_port()
        with contextlib.suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", number))
            return number


def write_certificates(folder: Path) -> None:
    """Pebble's own TLS: an authority, and what it shows on its ACME port."""
    now = dt.datetime.now(dt.UTC)
    authority, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])

    def begun(subject: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(issuer, subject, public_key, x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=2))
        )

    root = begun(issuer, authority.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = (
        begun(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    pem = serialization.Encoding.PEM
    for name, made in (("acme-ca.pem", root), ("acme.pem", leaf)):
        signed = made.sign(authority, hashes.SHA256())
        (folder / name).write_bytes(signed.public_bytes(pem))
    (folder / "acme.key").write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
