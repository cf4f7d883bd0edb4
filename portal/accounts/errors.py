"""What accounts refuse."""

from __future__ import annotations

from collections.abc import Collection

from portal.accounts.statuses import Standing
from portal.infra.errors import PortalError


class WrongStanding(PortalError):
    """This cannot be done to a client that is what it is."""

    code = "wrong_standing"

    def __init__(self, standing: Standing) -> None:
        super().__init__(f"the client is {standing}")
        self.standing = standing


class InsufficientFunds(PortalError):
    """A wallet does not cover a charge; amounts are millionths of the currency."""

    code = "insufficient_funds"

    def __init__(self, *, needs: int, has: int, currency: str) -> None:
        super().__init__(f"needs {needs}, has {has} millionths {currency}")
        self.needs = needs
        self.has = has
        self.currency = currency


class LimitBelowDebt(PortalError):
    """The credit limit asked for is below what the client owes already."""

    code = "limit_below_debt"

    def __init__(self, *, debt: int, currency: str) -> None:
        super().__init__(f"the debt is {debt} millionths {currency}")
        self.debt = debt
        self.currency = currency


class AmountNotPositive(PortalError):
    """An amount to pay or to charge is above zero."""

    code = "amount_not_positive"


class CurrencyNotPriced(PortalError):
    """A client's packages have no prices in a currency, so that it could buy nothing with it."""

    code = "currency_not_priced"

    def __init__(self, currency: str, *, priced: Collection[str]) -> None:
        super().__init__(f"{currency} is none of {', '.join(sorted(priced))}")
        self.currency = currency
        self.priced = tuple(sorted(priced))


class CurrenciesDiffer(PortalError):
    """Money is moved within one currency; nothing is converted."""

    code = "currencies_differ"

    def __init__(self, *, giver: str, taker: str) -> None:
        super().__init__(f"one pays in {giver}, the other in {taker}")
        self.giver = giver
        self.taker = taker


class MovedToItself(PortalError):
    """What is moved goes from one owner to another."""

    code = "moved_to_itself"


class NameTaken(PortalError):
    """Another record of the same owner has this name."""

    code = "name_taken"

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"{field} {value!r} is taken")
        self.field = field
        self.value = value


class WrongCredentials(PortalError):
    """An address and a password do not belong together; which of the two is wrong is not said."""

    code = "wrong_credentials"


class WeakPassword(PortalError):
    """A password would be guessed; `why` is `short`, `long`, `common` or `personal`."""

    code = "weak_password"

    def __init__(self, why: str) -> None:
        super().__init__(f"the password is {why}")
        self.why = why


class UnknownTimeZone(PortalError):
    """A time zone is none of the world's."""

    code = "unknown_time_zone"


class WrongCode(PortalError):
    """A code of an app, or one from paper, is wrong, too old, or was used before."""

    code = "wrong_code"


class WrongPasskey(PortalError):
    """What a browser has signed is not good here: of whoever, for whatever reason."""

    code = "wrong_passkey"


class PasskeyTaken(PortalError):
    """The passkey is here already."""

    code = "passkey_taken"


class TooManyPasskeys(PortalError):
    """There are as many as one person may have."""

    code = "too_many_passkeys"

    def __init__(self, *, most: int) -> None:
        super().__init__(f"there are {most} already")
        self.most = most


class PasswordChecksBusy(PortalError):
    """More passwords are being checked than this process takes on at once."""

    code = "busy"


class LinkSpent(PortalError):
    """A link was used before, is too old, or never was one: the three look the same."""

    code = "link_spent"


class TooManyKeys(PortalError):
    """There are as many active keys as there may be."""

    code = "too_many_keys"

    def __init__(self, *, active_max: int) -> None:
        super().__init__(f"there are {active_max} active keys already")
        self.active_max = active_max


class ScopeNotOwned(PortalError):
    """A key can have no right that its maker does not have, and needs at least one."""

    code = "scope_not_owned"


class ExpiryPassed(PortalError):
    """Something that is to be good for a while would be good no more."""

    code = "expiry_passed"


class TooManySubAccounts(PortalError):
    """A client has as many sub-accounts as it may open itself."""

    code = "too_many_sub_accounts"

    def __init__(self, *, most: int) -> None:
        super().__init__(f"there are {most} already")
        self.most = most


class TooManySecrets(PortalError):
    """There are as many secrets for login links as there may be."""

    code = "too_many_secrets"


class AlreadyViewing(PortalError):
    """Somebody in a client's place leaves it before taking another."""

    code = "already_viewing"


class RoleUnfit(PortalError):
    """A firm's people have the roles of their audience, and only some of them are limited."""

    code = "role_unfit"


class LimitMissing(PortalError):
    """Somebody who is limited has at least one sub-account."""

    code = "limit_missing"


class LastOwner(PortalError):
    """A firm keeps at least one owner who can sign in."""

    code = "last_owner"


class OwnAccess(PortalError):
    """Nobody changes their own role, or keeps themselves out."""

    code = "own_access"


class TooManyPeople(PortalError):
    """A firm has as many people as it may have."""

    code = "too_many_people"

    def __init__(self, *, people_max: int) -> None:
        super().__init__(f"there are {people_max} people already")
        self.people_max = people_max
