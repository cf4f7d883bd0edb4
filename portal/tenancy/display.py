"""What clients are shown of a portal: its views, its services and its amounts, declared once.

Hidden means refused as well: doors ask `Display.shows` before a page or an operation is reached.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from portal.infra.errors import PortalError


class View(StrEnum):
    """How much of everything there is to see; the most of it first."""

    STANDARD = "standard"
    SIMPLE = "simple"
    BARE = "simple-without-services"


class Service(StrEnum):
    """Something that clients are offered, each shown or hidden.

    Home, the list of what was sent and the client's own data are no services: they are always
    there.
    """

    SEND = "send"
    INBOX = "inbox"
    NUMBERS = "numbers"
    PRICES = "prices"
    USAGE = "usage"
    BALANCE = "balance"
    DEPOSITS = "deposits"
    VOUCHERS = "vouchers"
    QUOTAS = "quotas"
    API = "api"


LOOKED_AT: Final = frozenset({Service.INBOX, Service.BALANCE, Service.DEPOSITS, Service.VOUCHERS})
"""What the view without services leaves: what came in, the balance, and paying."""

OF_MONEY: Final = frozenset({Service.PRICES, Service.BALANCE, Service.DEPOSITS, Service.VOUCHERS})
"""What is nothing but amounts, and so goes with them."""


class ServiceHidden(PortalError):
    """The reseller does not offer this service to the client."""

    code = "service_hidden"

    def __init__(self, service: Service) -> None:
        super().__init__(f"the service {service.value} is not offered to this client")
        self.service = service


def in_order(services: Iterable[Service]) -> tuple[Service, ...]:
    """Each once, as they are declared, so that the same ones are always equal."""
    wanted = set(services)
    return tuple(each for each in Service if each in wanted)


class Display(BaseModel):
    """What is shown: by a portal to all its clients, or by a package to those who have it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    view: View = View.STANDARD
    hidden: Annotated[tuple[Service, ...], AfterValidator(in_order)] = ()
    """The services that were hidden one by one; ask `shows` for what holds."""
    money: bool = True
    """Whether amounts are shown; without them, what consists of amounts is hidden."""
    clients_edit_sub_accounts: bool = True
    """Whether clients change their sub-accounts themselves, or only their reseller does."""
    credentials_hidden: bool = False
    """Whether what sub-accounts sign in with is shown to the reseller only."""

    def shows(self, service: Service) -> bool:
        """Whether a client may see and use this service."""
        if service in self.hidden:
            return False
        if self.view is View.BARE and service not in LOOKED_AT:
            return False
        return self.money or service not in OF_MONEY

    @property
    def is_simple(self) -> bool:
        """Whether details are left out that only some people need."""
        return self.view is not View.STANDARD

    @property
    def refused(self) -> frozenset[Service]:
        """Every service that is not shown, for whatever reason."""
        return frozenset(each for each in Service if not self.shows(each))


EVERYTHING: Final = Display()
"""What is shown where nothing was hidden; also what staff and the operator see of their pages."""


def together(displays: Collection[Display]) -> Display:
    """What somebody sees who works for several sub-accounts at once: all that any of them sees.

    A service is shown if one of them shows it, amounts and credentials are hidden only if all hide
    them, sub-accounts are theirs to edit if one lets them, and the view is the fullest of theirs.

    Raises:
        ValueError: there are none.
    """
    if not displays:
        raise ValueError("nothing to put together")
    if len(set(displays)) == 1:
        return next(iter(displays))
    order = list(View)
    return Display(
        view=min((each.view for each in displays), key=order.index),
        hidden=tuple(
            service for service in Service if not any(each.shows(service) for each in displays)
        ),
        money=any(each.money for each in displays),
        clients_edit_sub_accounts=any(each.clients_edit_sub_accounts for each in displays),
        credentials_hidden=all(each.credentials_hidden for each in displays),
    )
