"""Look host names up when it is their turn, or when somebody asks to have it done now."""

from __future__ import annotations

from typing import Final

from portal.infra import certificates, outgoing
from portal.infra.config import Settings
from portal.infra.dns import DnsResolver
from portal.infra.queue import jobs
from portal.provisioning import naming
from portal.tasks import context
from portal.tenancy import own_names, proving

AT_ONCE_MAX: Final = 200
_THIS_MACHINE: Final = "127.0.0.1"


@jobs.task(name=own_names.CHECK_JOB)
def check(reseller_id: int, hostname: str) -> None:
    """Look one name up, and write down what was seen; harmless to repeat."""
    settings, database = context.settings(), context.database()
    with database.session(reseller_id) as session, session.begin():
        question = proving.prepare(
            session, hostname, zone=settings.zone, mail_host=settings.email2sms_host
        )
    if question is None:
        return
    resolver = DnsResolver(settings.nameservers)
    seen = proving.look_up(question, resolver, ours=settings.addresses)
    with database.session(reseller_id) as session, session.begin():
        ready = naming.record(session, hostname, seen, settings=settings)
    if settings.https and ready:
        _look_at_certificate(reseller_id, hostname, settings)


@jobs.task(name="hostnames.check_due")
def check_due(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Have those names looked up whose turn it is, each by a job of its own."""
    with context.database().across_resellers() as session, session.begin():
        proving.due(session, limit=AT_ONCE_MAX)


@jobs.task(name="hostnames.forget")
def forget_released(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Let others have the names that were released a month ago."""
    with context.database().across_resellers() as session, session.begin():
        own_names.forget_released(session)


def _look_at_certificate(reseller_id: int, hostname: str, settings: Settings) -> None:
    """Ask for it as a browser would, which also has it issued before the first visitor comes."""
    with outgoing.call("certificate"):
        until = certificates.good_until(
            hostname, host=settings.https_host or _THIS_MACHINE, port=settings.https_port
        )
    with context.database().session(reseller_id) as session, session.begin():
        proving.note_certificate(session, hostname, until=until)
