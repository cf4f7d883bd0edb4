"""The clients of the demonstration; their two portals are folders in `examples`."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.statuses import BalanceManagement
from portal.cli.demo_texts import AMERICA, BIKES, DENTIST, Place, Trade
from portal.cli.demo_texts_german import BOOKS, GERMANY, SURGERY

PASSWORD = "look-around-here"  # noqa: S105 - everybody may know it
UNIT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class DemoClient:
    """A client and its sub-accounts: name, user, package; `money` is what it has at the end."""

    company: str
    firstname: str
    lastname: str
    email: str
    phone: str
    management: BalanceManagement
    money: int
    sender: str
    trade: Trade
    sub_accounts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class DemoPortal:
    """A reseller of the demonstration; all else of it is in its folder in `examples`."""

    slug: str
    place: Place
    clients: tuple[DemoClient, ...]


PORTALS = (
    DemoPortal(
        slug="sunny",
        place=AMERICA,
        clients=(
            DemoClient(
                company="Bright Smile Dental",
                firstname="Dana",
                lastname="Miller",
                email="dana@brightsmile.example",
                phone="+12025550131",
                management=BalanceManagement.HARD,
                money=25 * UNIT,
                sender="BrightSmile",
                trade=DENTIST,
                sub_accounts=(
                    ("Front desk", "brightsmile.desk", "Starter"),
                    ("Reminders", "brightsmile.reminders", "Growth"),
                ),
            ),
            DemoClient(
                company="Corner Bikes",
                firstname="Omar",
                lastname="Reyes",
                email="omar@cornerbikes.example",
                phone="+12025550147",
                management=BalanceManagement.SOFT,
                money=12 * UNIT,
                sender="CornerBikes",
                trade=BIKES,
                sub_accounts=(
                    ("Shop", "cornerbikes.shop", "Starter"),
                    ("Workshop", "cornerbikes.workshop", "Growth"),
                ),
            ),
        ),
    ),
    DemoPortal(
        slug="harbour",
        place=GERMANY,
        clients=(
            DemoClient(
                company="Praxis Dr. Lindner",
                firstname="Eva",
                lastname="Lindner",
                email="eva@praxis-lindner.example",
                phone="+4915112345601",
                management=BalanceManagement.HARD,
                money=20 * UNIT,
                sender="DrLindner",
                trade=SURGERY,
                sub_accounts=(
                    ("Empfang", "lindner.empfang", "Basis"),
                    ("Erinnerungen", "lindner.erinnerungen", "Flotte"),
                ),
            ),
            DemoClient(
                company="Buchhandlung Elbe",
                firstname="Jens",
                lastname="Petersen",
                email="jens@buch-elbe.example",
                phone="+4915112345602",
                management=BalanceManagement.SOFT,
                money=15 * UNIT,
                sender="BuchElbe",
                trade=BOOKS,
                sub_accounts=(
                    ("Laden", "buchelbe.laden", "Basis"),
                    ("Lager", "buchelbe.lager", "Flotte"),
                ),
            ),
        ),
    ),
)
