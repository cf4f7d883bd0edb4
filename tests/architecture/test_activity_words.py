"""Every act that is recorded has words for people."""

from __future__ import annotations

import re
from pathlib import Path

from portal.web.parts.activity_rows import WORDS

FEATURES = (
    Path("portal/accounts"),
    Path("portal/billing"),
    Path("portal/messaging"),
    Path("portal/numbers"),
    Path("portal/pricing"),
    Path("portal/provisioning"),
    Path("portal/web/operator"),
)
CODE = re.compile(
    r'"((?:brand|client|costs|country|rates|cover|hostname|key|login|mail|number|package|page|password|portal|reseller|sender|settings|sub_account|view_as'
    r'|voucher|welcome)\.[a-z_]+)"'
)
RECORDS = re.compile(r"activity\.record|_record\(|_note\(")


def recorded() -> set[str]:
    files = (file for folder in FEATURES for file in folder.glob("*.py"))
    texts = (file.read_text() for file in files if file.name not in {"roles.py", "models.py"})
    return {code for text in texts if RECORDS.search(text) for code in CODE.findall(text)}


def test_every_act_has_words():
    assert len(recorded()) > 20
    assert recorded() == set(WORDS)
