"""What a sign-up leaves to do: mails, a look at the mail domain, an end for the unconfirmed."""

from __future__ import annotations

from portal.accounts import confirming, mail_domain_checks, signing_up, unconfirmed
from portal.infra.dns import DnsResolver
from portal.infra.queue import jobs
from portal.tasks import context, housekeeping, mails
from portal.tenancy import links


@jobs.task(name=confirming.JOB, retry=mails.RETRY)
def mail_link(reseller_id: int, person_id: int | None) -> None:
    """Mail another link; without a person there is nothing to do, and that is as it should be."""
    if person_id is None:
        return
    with context.database().session(reseller_id) as session, session.begin():
        origin = links.origin_of(session, context.settings())
        confirming.mail_link(session, person_id=person_id, origin=origin)


@jobs.task(name=signing_up.LOOK_UP, retry=mails.RETRY)
def look_up(reseller_id: int, client_id: int) -> None:
    """Ask the DNS whether the domain of an address takes mail, and note what it says."""
    database = context.database()
    with database.session(reseller_id) as session, session.begin():
        domain = mail_domain_checks.domain_of(session, client_id=client_id)
    if domain is None:
        return
    resolver = DnsResolver(context.settings().nameservers)
    found = mail_domain_checks.look_up(domain, resolver)
    with database.session(reseller_id) as session, session.begin():
        mail_domain_checks.note(session, client_id=client_id, takes_mail=found)


@jobs.task(name="sign_ups.remove_unconfirmed")
def remove_unconfirmed(timestamp: int) -> None:  # noqa: ARG001 - every periodic job gets it
    """Remove who never confirmed their address, reseller by reseller."""
    housekeeping.for_each_reseller(
        lambda session, _: unconfirmed.remove_old(session), what="sign_ups.remove_unconfirmed"
    )
