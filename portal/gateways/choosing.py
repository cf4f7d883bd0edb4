"""Choose the gateway that a message goes out through."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

VALUE = "value"
"""The plain route; the other is `premium`."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A gateway as far as the choice is concerned.

    Priority 1 is tried before priority 2. A gateway whose `reseller_id` is None serves everybody.
    `prefix` is how the recipients in E.164 begin, as in `+48`; empty: the gateway takes them all.
    `route` is the way that it is good for, as sold to clients; None is every one.
    """

    id: int
    priority: int
    reseller_id: int | None = None
    prefix: str = ""
    route: str | None = None
    enabled: bool = True

    def takes(self, *, reseller_id: int, recipient: str, route: str) -> bool:
        """Whether a message of this reseller to this recipient may pass."""
        return (
            self.enabled
            and self.reseller_id in {None, reseller_id}
            and self.route in {None, route}
            and recipient.startswith(self.prefix)
        )


def in_order(
    candidates: Iterable[Candidate],
    *,
    reseller_id: int,
    recipient: str,
    route: str = VALUE,
    tried: Collection[int] = (),
) -> list[Candidate]:
    """The gateways that a message may take, best first; those already `tried` (by id) are left out.

    The reseller's own come before the general ones, then priority decides, then the longer prefix,
    then the older gateway, so that the same question always has the same answer.
    """
    fit = [
        candidate
        for candidate in candidates
        if candidate.takes(reseller_id=reseller_id, recipient=recipient, route=route)
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
    route: str = VALUE,
    tried: Collection[int] = (),
) -> Candidate | None:
    """The first of `in_order`; None: there is no route."""
    fit = in_order(
        candidates, reseller_id=reseller_id, recipient=recipient, route=route, tried=tried
    )
    return fit[0] if fit else None
