"""What can go wrong with a gateway: answers that are no acceptance, and wrong settings."""

from portal.infra.errors import PortalError


class GatewayError(PortalError):
    """Anything a gateway, or the use of one, can raise on purpose."""


class NotAccepted(GatewayError):
    """The message was not accepted, as far as we know; the subclass says how far that is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(NotAccepted):
    """A definite no, for good: the same message offered here again meets the same answer.

    `code` is the gateway's own short word or number for it, for statistics and for support.
    """

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.code = code


class TryLater(NotAccepted):
    """A definite no, for now: nothing was accepted, and another try is safe and worth it."""


class NoAnswer(NotAccepted):
    """Bytes may have left and nothing certain came back: never send the message again blindly."""


class Unsupported(GatewayError):
    """The gateway cannot do this at all; `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this gateway cannot {what}")
        self.what = what


class UnreadableReport(GatewayError):
    """A callback that names no submission of ours, so that nothing can be made of it."""


class UnreadableInbound(GatewayError):
    """A message that came in, of which nothing can be made."""


class UnknownKind(GatewayError):
    """There is no adapter of this kind."""

    code = "unknown_gateway_kind"

    def __init__(self, kind: str) -> None:
        super().__init__(f"there is no gateway of kind {kind!r}")
        self.kind = kind


class WrongSettings(GatewayError):
    """Settings that the adapter refuses; `problems` has a sentence per field, for a form."""

    code = "wrong_gateway_settings"

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = problems


class GatewayNameTaken(GatewayError):
    """Another gateway is called so."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is a gateway called {name!r} already")
        self.name = name
