"""Compare who is let in by rules, what they are given, and whom mails are from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portal.accounts import trial_credit
from portal.infra.db import ResellerSession
from portal.ledger import units
from portal.notifications import mail_senders
from portal.notifications.errors import MailSettingUnfit
from portal.notifications.mail_senders import Sender
from portal.pricing import packages
from portal.provisioning import words
from portal.provisioning.admission_tables import AdmissionTable, MailTable, TrialTable
from portal.provisioning.faults import BadFolder, Fault
from portal.provisioning.reading import PORTAL_FILE, PortalFolder
from portal.provisioning.steps import Remark, Step
from portal.tenancy import resellers, settings
from portal.tenancy.admission import Admission
from portal.tenancy.settings import ResellerSettings


def of_admission(session: ResellerSession, folder: PortalFolder) -> Iterator[Step | Remark]:
    """The tables that the file has; after packages, since what people begin with is one of them.

    Raises:
        BadFolder: the package of `[admission]` is neither in the folder nor in the portal, or
            `[mail]` names an address that no mail can be from.
    """
    portal = folder.portal
    exists = resellers.own_if_any(session) is not None
    present = settings.read(session) if exists else ResellerSettings()
    if portal.admission is not None:
        yield from _of_rules(session, folder, portal.admission, present.admission)
    if portal.trial is not None:
        yield from _of_trial(session, portal.trial, present, currency=portal.currency)
    if portal.mail is not None:
        yield from _of_sender(session, portal.mail)


def _of_rules(
    session: ResellerSession, folder: PortalFolder, table: AdmissionTable, present: Admission
) -> Iterator[Step]:
    ids = {each.name: each.id for each in packages.listed(session)}
    known = ids.keys() | {each.name for each in folder.packages}
    if table.package and table.package not in known:
        what = f"there is no package {table.package!r}; {words.nearest(table.package, known)}"
        raise BadFolder([Fault(file=PORTAL_FILE, key="admission.package", what=what)])
    wanted = table.rules(package_id=ids.get(table.package))
    # A package that is about to be made has no id to compare with yet.
    if wanted != present or (table.package and table.package not in ids):
        yield Step(_rules_in_words(table), partial(_keep_rules, session, table))


def _keep_rules(session: ResellerSession, table: AdmissionTable) -> None:
    ids = {each.name: each.id for each in packages.listed(session)}
    settings.change(session, admission=table.rules(package_id=ids.get(table.package)))


def _rules_in_words(table: AdmissionTable) -> str:
    said = [
        f"let in {', '.join(sorted(set(table.domains)))} at once" if table.domains else "",
        f"refuse {', '.join(sorted(set(table.refused_countries)))}"
        if table.refused_countries
        else "",
        f"let {', '.join(sorted(set(table.waiting_countries)))} wait"
        if table.waiting_countries
        else "",
        f"with the package {table.package!r}" if table.package else "",
    ]
    found = ", ".join(each for each in said if each)
    when = "at once" if table.notice == "at_once" else "once their address is confirmed"
    return f"admit: {found or 'everybody waits'}; tell of somebody new {when}"


def _of_trial(
    session: ResellerSession, table: TrialTable, present: ResellerSettings, *, currency: str
) -> Iterator[Step | Remark]:
    ids = {each.user: each.id for each in trial_credit.senders(session)}
    found = ids.get(table.sent_from)
    if found is None:
        yield Remark(
            f"the trial credit stays as it is: there is no sub-account {table.sent_from!r} without"
            " a limit of parts yet"
        )
        return
    wanted = table.rules(sub_account_id=found)
    if wanted != present.trial:
        amount = units.decimal_string(table.amount, currency)
        yield Step(
            f"give a trial credit of {amount} {currency}, with codes to"
            f" {', '.join(wanted.countries)} from {table.sent_from!r}",
            partial(settings.change, session, trial=wanted),
        )


def _of_sender(session: ResellerSession, table: MailTable) -> Iterator[Step]:
    try:
        wanted = mail_senders.fit(
            session, name=table.from_name, address=table.from_address, reply_to=table.reply_to
        )
    except MailSettingUnfit as unfit:
        key = "mail.reply_to" if unfit.field == "reply_to" else "mail.from_address"
        what = f"no mail can be from there ({unfit.wrong.value})"
        raise BadFolder([Fault(file=PORTAL_FILE, key=key, what=what)]) from None
    if wanted != mail_senders.own(session):
        yield Step(
            _sender_in_words(wanted),
            partial(
                mail_senders.change,
                session,
                name=wanted.name,
                address=wanted.address,
                reply_to=wanted.reply_to,
            ),
        )


def _sender_in_words(sender: Sender) -> str:
    name, address = sender.name or "the portal's name", sender.address or "the usual address"
    answers = sender.reply_to or "the usual address"
    return f"send mails as {name} from {address}, with answers to {answers}"
