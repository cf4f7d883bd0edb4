"""What a folder says of rules, trial credit and mails: applied once, then nothing is left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.accounts import client_making, quotas, sub_accounts
from portal.accounts.actor import system
from portal.accounts.client_data import ClientData
from portal.accounts.client_making import NewClient
from portal.accounts.quotas import Mode
from portal.accounts.statuses import BalanceManagement
from portal.infra.db import Database, ResellerSession
from portal.notifications import mail_senders
from portal.notifications.mail_senders import Sender
from portal.pricing import packages
from portal.provisioning import plan, reading
from portal.provisioning.faults import BadFolder
from portal.tenancy import settings
from portal.tenancy.admission import Admission
from portal.tenancy.trial_rules import TrialRules
from tests.builders import portal_folder
from tests.builders.portal_folder import PORTAL
from tests.provisioning.test_display_steps import apply, compared

ADMISSION = """
[admission]
notice = "at_once"
domains = ["Firm.test", "@acme.test", "firm.test"]
package = "Breeze"
refused_countries = ["FR"]
refused_reason = "We do not go there."
waiting_countries = ["DE", "AT"]
"""
TRIAL = """
[trial]
amount = "2.50"
sent_from = "house"
countries = ["US", "CA"]
codes_a_day = 9
"""
MAIL = """
[mail]
from_name = "Windy News"
from_address = "news@windy.test"
reply_to = "office@windy.test"
"""


def with_tables(*tables: str) -> str:
    return PORTAL.replace("\n[[staff]]", f"{''.join(tables)}\n[[staff]]", 1)


def new_client() -> NewClient:
    data = ClientData(
        firstname="Wendy", lastname="Wind", company="Windy", address="", postal_code="", city="",
        state="", country="US", phone="", tax_id="", email="house@windy.test", language="en",
        time_zone="America/New_York", next_billing_on=None,
    )  # fmt: skip
    return NewClient(
        data=data, currency="USD", management=BalanceManagement.SOFT, credit_limit=None,
        low_balance_threshold=None, low_balance_email="", invited=False,
    )  # fmt: skip


def remarks(session: ResellerSession, folder: Path) -> list[str]:
    found = plan.compare(session, reading.read(folder), number=2003, staff_password="up-and-away")
    return [each.says for each in found.remarks]


def test_rules_are_kept_with_their_package_and_nothing_is_left_to_do(
    database: Database, tmp_path: Path
) -> None:
    folder = portal_folder.write(tmp_path, portal=with_tables(ADMISSION))
    number = apply(database, folder)
    with database.session(number) as session:
        (breeze,) = packages.listed(session)
        assert settings.read(session).admission == Admission(
            notice="at_once", domains=["acme.test", "firm.test"], package_id=breeze.id,
            refused_countries=["FR"], refused_reason="We do not go there.",
            waiting_countries=["AT", "DE"],
        )  # fmt: skip
        assert compared(session, folder) == []


def test_another_rule_is_one_step_and_a_missing_table_none(
    database: Database, tmp_path: Path
) -> None:
    number = apply(database, portal_folder.write(tmp_path / "a", portal=with_tables(ADMISSION)))
    fewer = portal_folder.write(tmp_path / "b", portal=with_tables("[admission]\n"))
    none = portal_folder.write(tmp_path / "c")
    with database.session(number) as session:
        assert compared(session, fewer) == [
            "admit: everybody waits; tell of somebody new once their address is confirmed"
        ]
        assert compared(session, none) == []


def test_the_trial_waits_for_what_sends_its_codes(database: Database, tmp_path: Path) -> None:
    folder = portal_folder.write(tmp_path, portal=with_tables(TRIAL))
    number = apply(database, folder)
    told = (
        "the trial credit stays as it is: there is no sub-account 'house' without a limit of parts"
        " yet"
    )
    with database.session(number) as session, session.begin():
        assert told in remarks(session, folder)
        assert settings.read(session).trial == TrialRules()
        by = system(number)
        client = client_making.make(session, new=new_client(), by=by)
        house, _ = sub_accounts.create(
            session, client_id=client.id, name="House", user="house", by=by
        )
        quotas.set_mode(session, sub_account_id=house.id, mode=Mode.UNLIMITED, by=by)
    with database.session(number) as session:
        assert compared(session, folder) == [
            "give a trial credit of 2.50 USD, with codes to CA, US from 'house'"
        ]
    apply(database, folder)
    with database.session(number) as session:
        assert settings.read(session).trial == TrialRules(
            amount=2_500_000, sub_account_id=house.id, countries=["CA", "US"], codes_a_day=9
        )
        assert compared(session, folder) == []
        assert told not in remarks(session, folder)


def test_mails_are_from_whom_the_file_says(database: Database, tmp_path: Path) -> None:
    folder = portal_folder.write(tmp_path / "a", portal=with_tables(MAIL))
    number = apply(database, folder)
    with database.session(number) as session:
        assert mail_senders.own(session) == Sender(
            name="Windy News", address="news@windy.test", reply_to="office@windy.test"
        )
        assert compared(session, folder) == []
        plain = portal_folder.write(tmp_path / "b", portal=with_tables("[mail]\n"))
        assert compared(session, plain) == [
            (
                "send mails as the portal's name from the usual address, with answers to the usual"
                " address"
            )
        ]


@dataclass(frozen=True)
class Wrong:
    """A table with something wrong in it, and what is said of it."""

    table: str
    says: str


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong(ADMISSION.replace("Breeze", "Breez"), "did you mean 'Breeze'?"),
        Wrong(ADMISSION.replace('"FR"', '"XX"'), "is no country code"),
        Wrong(ADMISSION.replace('"FR"', '"DE"'), "DE is refused already"),
        Wrong(ADMISSION.replace("We do not go there.", ""), "refused_reason"),
        Wrong(ADMISSION.replace("Firm.test", "gmail.com"), "gives an address to anybody"),
        Wrong(ADMISSION.replace("Firm.test", "localhost"), "is no mail domain"),
        Wrong(TRIAL.replace('"2.50"', "2.50"), "in quotes"),
        Wrong(TRIAL.replace('"2.50"', '"1001"'), "amount"),
        Wrong(TRIAL.replace('["US", "CA"]', "[]"), "countries"),
        Wrong(MAIL.replace("news@windy.test", "a@x.test, b@y.test"), "from_address"),
        Wrong(MAIL.replace("news@windy.test", "news@co.uk"), "no mail can be from there (suffix)"),
        Wrong(MAIL + 'password = "secret"\n', "password"),
    ],
    ids=lambda wrong: wrong.says,
)
def test_what_will_not_do_is_told_and_nothing_is_applied(
    database: Database, tmp_path: Path, wrong: Wrong
) -> None:
    folder = portal_folder.write(tmp_path, portal=with_tables(wrong.table))
    with pytest.raises(BadFolder) as refused:
        apply(database, folder)
    assert wrong.says in " ".join(str(each) for each in refused.value.faults)
