"""Read bank statements as CAMT.053, in any version that banks write, of 02 and 08 above all."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from portal.ledger import units
from portal.payments.bank.lines import (
    LINES_MAX,
    Line,
    Statement,
    UnreadableLine,
    UnreadableStatement,
    line,
)
from portal.payments.bank.statuses import Fault, Kind, Unreadable

Element = Any
"""An element as the safe parser makes it, which carries no types."""

_ELEMENTS_MAX: Final = 400_000
_NAME: Final = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.(\d{3})\.001\.\d{2}\}Document")
_STATEMENT: Final = "053"
YEARS: Final = range(2000, 2200)
"""In which years a bank may have booked something."""


def is_one(data: bytes) -> bool:
    """Whether a file looks like XML at all."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read(data: bytes, *, is_own: Callable[[str], bool]) -> Statement:
    """The lines of all statements in a file; `is_own` says of an account's number if it is ours.

    Raises:
        UnreadableStatement: saying why; of another account's statement nothing is read.
    """
    root = _root(data)
    named = _NAME.fullmatch(root.tag)
    if named is None:
        raise UnreadableStatement(Unreadable.UNKNOWN)
    if named[1] != _STATEMENT:
        raise UnreadableStatement(Unreadable.OTHER_CAMT)
    found: list[Line] = []
    faults: dict[int, Fault] = {}
    statements = root.findall("{*}BkToCstmrStmt/{*}Stmt")
    for each in statements:
        _refuse_foreign(each, is_own)
    entries = [entry for each in statements for entry in each.findall("{*}Ntry")]
    if len(entries) > LINES_MAX:
        raise UnreadableStatement(Unreadable.TOO_MANY_LINES)
    for number, entry in enumerate(entries, start=1):
        try:
            found.extend(_lines(entry))
        except UnreadableLine as refused:
            faults[number] = refused.why
    if len(found) > LINES_MAX:
        raise UnreadableStatement(Unreadable.TOO_MANY_LINES)
    if not found:
        raise UnreadableStatement(Unreadable.NO_LINES)
    return Statement(lines=tuple(found), faults=faults)


def _root(data: bytes) -> Element:
    try:
        # Without any DTD: no entity, be it from inside or from elsewhere, and so no bomb.
        parsed = iterparse(io.BytesIO(data), events=("start",), forbid_dtd=True)
        for count, _ in enumerate(parsed):
            _refuse_endless(count)
    except (ParseError, DefusedXmlException, LookupError):
        raise UnreadableStatement(Unreadable.BROKEN) from None
    root: Element = parsed.root
    return root


def _refuse_endless(count: int) -> None:
    if count > _ELEMENTS_MAX:
        raise UnreadableStatement(Unreadable.TOO_MANY_LINES)


def _refuse_foreign(statement: Element, is_own: Callable[[str], bool]) -> None:
    account = _said(statement, "Acct/Id/IBAN") or _said(statement, "Acct/Id/Othr/Id")
    if not is_own(account):
        raise UnreadableStatement(Unreadable.OTHER_ACCOUNT, about=account[:40])


def _lines(entry: Element) -> Iterator[Line]:
    """The payments of an entry: one, or each of those that the bank has booked together."""
    amount, currency = _amount(entry.find("{*}Amt"))
    kind, booked_on = _kind(entry), _day(entry)
    servicer = _said(entry, "AcctSvcrRef")
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    if _are_parts(details, amount, currency, kind=_said(entry, "CdtDbtInd")):
        for number, part in enumerate(details, start=1):
            own = _said(part, "Refs/AcctSvcrRef")
            yield line(
                kind=kind,
                booked_on=booked_on,
                amount=_part(part)[0],
                currency=currency,
                name=_name(part, kind),
                payer=_account(part, kind),
                text=" ".join(_texts(part)),
                servicer=f"{servicer}/{own}/{number}" if servicer or own else "",
            )
        return
    one = details[0] if len(details) == 1 else None
    texts = [text for each in details for text in _texts(each)]
    yield line(
        kind=kind,
        booked_on=booked_on,
        amount=amount,
        currency=currency,
        name="" if one is None else _name(one, kind),
        payer="" if one is None else _account(one, kind),
        text=" ".join(texts) or _said(entry, "AddtlNtryInf"),
        servicer=servicer or ("" if one is None else _said(one, "Refs/AcctSvcrRef")),
    )


def _are_parts(details: list[Element], amount: int, currency: str, *, kind: str) -> bool:
    """Whether these are payments that together are the entry, each with an amount of its own."""
    if len(details) < 2:
        return False
    try:
        parts = [_part(each) for each in details]
    except UnreadableLine:
        return False
    is_one_way = all((_said(each, "CdtDbtInd") or kind) == kind for each in details)
    return (
        is_one_way
        and {each[1] for each in parts} == {currency}
        and sum(each[0] for each in parts) == amount
    )


def _part(detail: Element) -> tuple[int, str]:
    own = detail.find("{*}Amt")
    return _amount(detail.find("{*}AmtDtls/{*}TxAmt/{*}Amt") if own is None else own)


def _amount(found: Element | None) -> tuple[int, str]:
    if found is None:
        raise UnreadableLine(Fault.AMOUNT)
    currency = found.get("Ccy", "")
    if currency not in units.CURRENCIES:
        raise UnreadableLine(Fault.CURRENCY)
    try:
        return units.parse((found.text or "").strip()), currency
    except units.NotAnAmount:
        raise UnreadableLine(Fault.AMOUNT) from None


def _kind(entry: Element) -> Kind:
    if _said(entry, "RvslInd") in {"true", "1"}:
        return Kind.REVERSAL
    # A word in version 02, a code inside of it since 04.
    if (_said(entry, "Sts/Cd") or _said(entry, "Sts")) != "BOOK":
        return Kind.PENDING
    match _said(entry, "CdtDbtInd"):
        case "CRDT":
            return Kind.CREDIT
        case "DBIT":
            return Kind.DEBIT
    raise UnreadableLine(Fault.DIRECTION)


def _day(entry: Element) -> date:
    said = next(
        filter(
            None,
            (
                _said(entry, f"{which}/{how}")
                for which in ("BookgDt", "ValDt")
                for how in ("Dt", "DtTm")
            ),
        ),
        "",
    )
    try:
        day = date.fromisoformat(said[:10])
    except ValueError:
        raise UnreadableLine(Fault.DATE) from None
    if day.year not in YEARS:
        raise UnreadableLine(Fault.DATE)
    return day


def _other(kind: Kind) -> str:
    return "Cdtr" if kind is Kind.DEBIT else "Dbtr"


def _name(detail: Element, kind: Kind) -> str:
    other = _other(kind)
    return _said(detail, f"RltdPties/{other}/Pty/Nm") or _said(detail, f"RltdPties/{other}/Nm")


def _account(detail: Element, kind: Kind) -> str:
    at = f"RltdPties/{_other(kind)}Acct/Id"
    return _said(detail, f"{at}/IBAN") or _said(detail, f"{at}/Othr/Id")


def _texts(detail: Element) -> Iterator[str]:
    """All in which a reference may stand: first what is made for one."""
    for each in detail.findall("{*}RmtInf/{*}Strd"):
        yield from filter(None, (_said(each, "CdtrRefInf/Ref"), _said(each, "AddtlRmtInf")))
    # A bank cuts what is long into pieces, in the middle of words, too.
    whole = "".join(each.text or "" for each in detail.findall("{*}RmtInf/{*}Ustrd"))
    yield from filter(None, (whole, _end_to_end(detail), _said(detail, "AddtlTxInf")))


def _end_to_end(detail: Element) -> str:
    said = _said(detail, "Refs/EndToEndId")
    return "" if said == "NOTPROVIDED" else said


def _said(node: Element, path: str) -> str:
    return (node.findtext("/".join(f"{{*}}{each}" for each in path.split("/"))) or "").strip()
