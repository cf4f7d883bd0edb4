"""What is refused about inbound numbers."""

from __future__ import annotations

from portal.infra.errors import PortalError


class NotANumber(PortalError):
    """This is no whole number with its country's code."""

    code = "invalid_number"

    def __init__(self, given: str) -> None:
        super().__init__(f"{given!r} is no number with its country code")
        self.given = given


class NumberTaken(PortalError):
    """The number is in somebody's stock already; whose is not said."""

    code = "number_taken"

    def __init__(self, digits: str) -> None:
        super().__init__(f"+{digits} is in a stock already")
        self.digits = digits


class NumberConnected(PortalError):
    """The number is connected to a sub-account, and has to be disconnected first."""

    code = "number_connected"

    def __init__(self, digits: str) -> None:
        super().__init__(f"+{digits} is connected to a sub-account")
        self.digits = digits


class OtherCurrency(PortalError):
    """The number's fees are in another currency than the client pays in."""

    code = "other_currency"

    def __init__(self, *, number: str, client: str) -> None:
        super().__init__(f"the number is in {number}, the client pays in {client}")
        self.number = number
        self.client = client
