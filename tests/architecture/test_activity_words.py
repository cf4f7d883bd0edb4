"""Every act that is recorded has words for people."""

from __future__ import annotations

import re
from pathlib import Path

from portal.web.parts.activity_rows import WORDS

FEATURES = (
    Path("portal/accounts"),
    Path("portal/billing"),
    Path("portal/invoicing"),
    Path("portal/messaging"),
    Path("portal/numbers"),
    Path("portal/payments"),
    Path("portal/payments/bank"),
    Path("portal/pricing"),
    Path("portal/provisioning"),
    Path("portal/reports"),
    Path("portal/tasks"),
    Path("portal/web/operator"),
)
GROUPS = (
    "archive bank_line bank_statement brand card client costs country cover deposit email hostname "
    "invoice key login login_link login_secret mail number package page passkey password "
    "payment_account payment_event person portal rates recovery_codes refund reseller "
    "second_step sender session settings sub_account top_up view_as visit voucher welcome words"
)
CODE = re.compile(rf'"((?:{"|".join(GROUPS.split())})\.[a-z_]+)"')
RECORDS = re.compile(r"activity\.record|_record\(|_note\(|settling\.note\(")


def recorded() -> set[str]:
    files = (file for folder in FEATURES for file in folder.glob("*.py"))
    texts = (file.read_text() for file in files if file.name not in {"roles.py", "models.py"})
    return {code for text in texts if RECORDS.search(text) for code in CODE.findall(text)}


def test_every_act_has_words():
    assert len(recorded()) > 20
    assert recorded() == set(WORDS)
