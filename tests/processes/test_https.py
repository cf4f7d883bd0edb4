"""`portal up --https` against a real authority: certificates for our names, and for no others."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from portal.accounts import staff
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.provisioning import naming
from portal.tenancy import hostname_rules, own_names, resellers
from portal.tenancy.statuses import State
from tests.builders.open_folder import open_folder
from tests.builders.running import CONSOLE, Answer, Portal
from tests.fakes.pebble import Pebble, require_pebble

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

ZONE = "portals.test"
IN_ZONE = f"sunny.{ZONE}"
OWN = "sms.acme.test"
PASSWORD_PAGE = "/login"


@dataclass
class Front:
    """The portal with Caddy in front, and the authority."""

    portal: Portal
    pebble: Pebble

    def ask(
        self, name: str, path: str = PASSWORD_PAGE, *, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request over TLS, as a browser makes it that trusts the authority.

        Raises:
            OSError: the other side shows no certificate, or one that is not good for the name.
        """
        context = self.pebble.trusting()
        with (
            socket.create_connection(("127.0.0.1", self.pebble.https_port), timeout=40) as plain,
            context.wrap_socket(plain, server_hostname=name) as secured,
        ):
            connection = http.client.HTTPConnection(name, self.pebble.https_port, timeout=40)
            connection.sock = secured
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            body = answer.read().decode()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, body)

    def ask_plain(self, name: str, path: str) -> Answer:
        """One request without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.pebble.http_port, timeout=40)
        connection.request("GET", path, headers={"Host": f"{name}:{self.pebble.http_port}"})
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, "")

    def sunny(self) -> int:
        with self.portal.database() as database, database.across_resellers() as session:
            return resellers.by_slug(session, "sunny").id

    def ask_for(self, name: str) -> str:
        """As Sunny's staff; what the record has to say."""
        with (
            self.portal.database() as database,
            database.session(self.sunny()) as session,
            session.begin(),
        ):
            email = self.portal.facts["resellers"][0]["staff"]["email"]
            by = staff.actor_of(session, email=email)
            return naming.ask(session, name, by=by).row.token

    def state(self, name: str) -> own_names.Name:
        with self.portal.database() as database, database.session(self.sunny()) as session:
            return own_names.by_name(session, name)

    def do(self, verb: Callable[[ResellerSession, str], object], name: str) -> None:
        with (
            self.portal.database() as database,
            database.session(self.sunny()) as session,
            session.begin(),
        ):
            verb(session, name)


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    require_pebble()
    with open_folder() as folder:
        pebble = Pebble(folder / "pebble")
        settings = {
            "web_workers": "1",
            "https": "yes",
            "https_host": "127.0.0.1",
            "https_port": str(pebble.https_port),
            "http_port": str(pebble.http_port),
            "acme_directory": pebble.directory,
            "acme_root": str(pebble.directory_root),
            "acme_email": "ops@wholesale.test",
            "zone": ZONE,
            "public_addresses": "127.0.0.1",
            "dns_servers": pebble.dns_server,
        }
        portal = Portal(folder / "data", settings=settings)
        try:
            pebble.start()
            portal.start()
            yield Front(portal, pebble)
        finally:
            portal.clear_away()
            pebble.stop()


def refused(front: Front, name: str) -> bool:
    try:
        front.ask(name)
    except (ssl.SSLError, OSError):
        return True
    return False


def test_no_certificate_for_names_that_are_not_ours(front: Front) -> None:
    assert refused(front, "stranger.test")
    assert refused(front, f"nobody.{ZONE}")
    assert refused(front, OWN)  # nobody has asked for it yet
    assert refused(front, ZONE)


def test_the_first_request_for_a_name_in_the_zone_gets_a_certificate(front: Front) -> None:
    page = front.ask(IN_ZONE, "/favicon.ico")
    assert page.status < 400
    assert {"server", "via", "x-powered-by"} & page.headers.keys() == {"server"}
    assert page.headers["server"] == "web"


def test_plain_requests_are_led_to_https(front: Front) -> None:
    answer = front.ask_plain(IN_ZONE, "/login?a=b")
    assert answer.status == 308
    assert answer.headers["location"] in {
        f"https://{IN_ZONE}/login?a=b",
        f"https://{IN_ZONE}:{front.pebble.https_port}/login?a=b",
    }


def test_what_is_for_programs_on_this_machine_is_not_for_others(front: Front) -> None:
    spoofed = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http"}
    for path in ("/internal/tls-ask?domain=" + IN_ZONE, "/INTERNAL/tls-ask", "//internal/tls-ask"):
        assert front.ask(IN_ZONE, path, headers=spoofed).status == 404, path
    inside = front.portal.ask("GET", f"/internal/tls-ask?domain={IN_ZONE}", host="127.0.0.1")
    assert inside.status == 200
    console = front.portal.ask("GET", f"/internal/tls-ask?domain={CONSOLE}", host="127.0.0.1")
    assert console.status == 200
    assert "Wholesale" not in front.ask(IN_ZONE, "/api/v1/openapi.json").body
    assert front.ask(IN_ZONE, "/operator/resellers").status in {308, 404}


def test_an_own_name_from_asking_to_release(front: Front) -> None:
    """The worker finds the records and has the certificate ready before anybody comes."""
    token = front.ask_for(OWN)
    front.portal.until("it was looked up", lambda: not front.state(OWN).checking)
    assert front.state(OWN).state is State.WAITING
    assert refused(front, OWN)
    front.pebble.add_text(hostname_rules.proof_name(OWN), token)
    front.do(own_names.check_soon, OWN)
    front.portal.until(
        "a certificate is there", lambda: front.state(OWN).row.certificate_until, seconds=60
    )
    found = front.state(OWN)
    assert found.state is State.READY
    assert found.row.certificate_until is not None
    assert found.row.certificate_until > clock.now() + timedelta(days=1)
    front.do(own_names.make_primary, OWN)
    assert "SunnyText" in front.ask(OWN).body
    led_to = f"https://{OWN}:{front.pebble.https_port}/login?next=%2Fdashboard&x=%C3%A9"

    def is_led() -> bool:
        answer = front.ask(IN_ZONE, "/login?next=%2Fdashboard&x=%C3%A9")
        return (answer.status, answer.headers.get("location")) == (308, led_to)

    front.portal.until("visitors are led to it", is_led)  # names are remembered for a moment
    assert front.ask(IN_ZONE, "/api/v1/balance").status == 401
    front.do(own_names.release, OWN)
    front.portal.until("it is nobody's", lambda: front.ask(OWN).status == 421)
    asked = front.portal.ask("GET", f"/internal/tls-ask?domain={OWN}", host="127.0.0.1")
    assert asked.status == 404


def test_a_name_that_leads_elsewhere_gets_none(front: Front) -> None:
    name = "elsewhere.acme.test"
    token = front.ask_for(name)
    front.pebble.add_text(hostname_rules.proof_name(name), token)
    front.pebble.lead_elsewhere(name, "127.0.0.2")
    front.do(own_names.check_soon, name)
    front.portal.until("it is proven", lambda: front.state(name).state is State.PROVEN)
    assert refused(front, name)
