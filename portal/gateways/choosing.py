"""Choose the gateway that a message goes out through."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A gateway as far as the choice is concerned.

    Priority 1 is tried before priority 2. A gateway whose `reseller_id` is None serves everybody.
    `prefix` is how the recipients in E.164 begin, as in `+48`; empty: the gateway takes them all.
    """

    id: int
    priority: int
    reseller_id: int | None = None
    prefix: str = ""
    enabled: bool = True

    def takes(self, *, reseller_id: int, recipient: str) -> bool:
        """Whether a message of this reseller to this recipient may pass."""
        return (
            self.enabled
            and self.reseller_id in {None, reseller_id}
            and recipient.startswith(self.prefix)
        )


def in_order(
    candidates: Iterable[Candidate],
    *,
    reseller_id: int,
    recipient: str,
    tried: Collection[int] = (),
) -> list[Candidate]:
    """The gateways that a message may take, best first; those already `tried` (by id) are left out.

    The reseller's own come before the general ones, then priority decides, then the longer prefix,
    then the older gateway, so that the same question always has the same answer.
    """
    fit = [
        candidate
        for candidate in candidates
        if candidate.takes(reseller_id=reseller_id, recipient=recipient)
        and candidate.id not in tried
    ]
    return sorted(
        fit,
        key=lambda one: (one.reseller_id is None, one.priority, -len(one.prefix), one.id),
    )


def choose(
    candidates: Iterable[Candidate],
    *,
    reseller_id: int,
    recipient: str,
    tried: Collection[int] = (),
) -> Candidate | None:
    """The first of `in_order`; None: there is no route."""
    fit = in_order(candidates, reseller_id=reseller_id, recipient=recipient, tried=tried)
    return fit[0] if fit else None
