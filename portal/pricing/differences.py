"""What changes from one version of a package to another, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from portal.pricing.conditions import Amounts, Conditions


@dataclass(frozen=True)
class Difference:
    """A field of the conditions, or of the amounts in a currency, before and after.

    The field `amounts` is a currency as a whole: None before where it is new, after where it ends.
    """

    field: str
    before: object
    after: object
    currency: str = ""


def between(before: Conditions, after: Conditions) -> list[Difference]:
    """Every field that differs, in the order of `Conditions`, currencies last and by code."""
    found = [
        Difference(each.name, old, new)
        for each in fields(Conditions)
        if each.name != "amounts"
        and (old := getattr(before, each.name)) != (new := getattr(after, each.name))
    ]
    for currency in sorted({*before.amounts, *after.amounts}):
        found += _in_currency(currency, before.amounts.get(currency), after.amounts.get(currency))
    return found


def _in_currency(
    currency: str, before: Amounts | None, after: Amounts | None
) -> Iterator[Difference]:
    if before is None or after is None:
        yield Difference("amounts", before, after, currency)
        return
    for each in fields(Amounts):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new:
            yield Difference(each.name, old, new, currency)
