"""What `[display]`, `[signup]` and `[access]` may say, and the same as the portal keeps it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from portal.provisioning.values import ServiceName, SignUpFieldName, Table, ViewName, Website
from portal.tenancy.display import Display, Service, View
from portal.tenancy.login_sites import SITES_MAX
from portal.tenancy.signup_fields import USUAL, Asked, SignUpField, SignUpRules


class ShownTable(Table):
    """`display` of a package: what those who have it are shown."""

    view: ViewName = Field(
        View.STANDARD.value, description=f"one of {', '.join(each.value for each in View)}"
    )
    hide: list[ServiceName] = Field([], description='services, as in ["inbox", "api"]')
    money: bool = Field(default=True, description="false hides every amount")
    clients_edit_sub_accounts: bool = Field(
        default=True, description="false leaves the changing of sub-accounts to you"
    )
    credentials_hidden: bool = Field(
        default=False, description="true shows you alone what sub-accounts sign in with"
    )

    def shown(self) -> Display:
        """The same, as it is kept."""
        return Display(
            view=View(self.view),
            hidden=tuple(Service(each) for each in self.hide),
            money=self.money,
            clients_edit_sub_accounts=self.clients_edit_sub_accounts,
            credentials_hidden=self.credentials_hidden,
        )


class DisplayTable(ShownTable):
    """`[display]`: what all clients are shown, unless their packages say otherwise."""

    password_reset: bool = Field(
        default=True, description="whether people may have a link for a new password sent"
    )
    ask_us: bool = Field(default=True, description="whether clients may ask on every page")


class SignUpTable(Table):
    """`[signup]`: whether visitors sign up by themselves, and what they are asked."""

    open: bool = Field(default=True, description="true or false")
    fields: dict[SignUpFieldName, Literal["hidden", "shown", "required"]] = Field(
        {}, description='as in { company = "required", phone = "hidden" }'
    )

    def rules(self) -> SignUpRules:
        """The same, as it is kept: what is asked as usual is not said."""
        asked = {SignUpField(name): Asked(how) for name, how in self.fields.items()}
        chosen = {name: how for name, how in asked.items() if how is not USUAL[name]}
        return SignUpRules(open=self.open, fields=chosen)


class AccessTable(Table):
    """`[access]`: the websites that may have the form to sign in."""

    sites: list[Website] = Field(
        [], max_length=SITES_MAX, description='as in ["https://www.example.com"]'
    )
