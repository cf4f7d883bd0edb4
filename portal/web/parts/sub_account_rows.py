"""Sub-accounts in a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.accounts.models import SubAccount
from portal.pricing.models import Package


@dataclass(frozen=True)
class SubAccountShown:
    """A sub-account and the name of its package, empty without one."""

    name: str
    user: str
    package: str


def shown(sub_accounts: Iterable[SubAccount], packages: Iterable[Package]) -> list[SubAccountShown]:
    """Sub-accounts with the names of their packages."""
    names = {package.id: package.name for package in packages}
    return [
        SubAccountShown(each.name, each.user, names.get(each.package_id or 0, ""))
        for each in sub_accounts
    ]
