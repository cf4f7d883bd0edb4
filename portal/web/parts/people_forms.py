"""The forms of a firm's people: who they are, their role, and which sub-accounts are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput

from portal.accounts.people import Access
from portal.accounts.roles import ALWAYS_LIMITED, LIMITABLE, Audience, Role
from portal.http.language import offered
from portal.web.parts import forms, once
from portal.web.parts.forms import REQUIRED, Form
from portal.web.parts.language_names import name_of
from portal.web.parts.role_words import SENTENCES, roles_of

NAME_LENGTH_MAX: Final = 100
ALL: Final = "all"
SOME: Final = "some"


class AccessForm(Form):
    """A name, a role, and where it makes a difference, the sub-accounts; `sub_accounts` by id."""

    firstname = forms.text(lazy_gettext("First name"), length_max=NAME_LENGTH_MAX)
    lastname = forms.text(lazy_gettext("Last name"), length_max=NAME_LENGTH_MAX)
    role = RadioField(lazy_gettext("What they may do"), [InputRequired(REQUIRED)])
    reach = RadioField(
        lazy_gettext("Sub-accounts"),
        choices=[
            SelectChoice(ALL, lazy_gettext("All of them")),
            SelectChoice(SOME, lazy_gettext("Only these:")),
        ],
        default=ALL,
    )
    sub_accounts = SelectMultipleField(
        lazy_gettext("Only these sub-accounts"), option_widget=CheckboxInput()
    )

    def __init__(self, audience: Audience, sub_accounts: Mapping[int, str], **data: Any) -> None:
        super().__init__(**data)
        self.role.choices = [SelectChoice(each, SENTENCES[each]) for each in roles_of(audience)]
        if not sub_accounts:
            del self.reach
            del self.sub_accounts
        else:
            self.sub_accounts.choices = [
                SelectChoice(str(number), name) for number, name in sub_accounts.items()
            ]

    @property
    def has_limit(self) -> bool:
        """Whether there is anything to be limited to."""
        return "sub_accounts" in self

    def access(self) -> Access | None:
        """What a valid form says; None where its fields say now why it says nothing.

        Whoever has to be limited is limited to the only sub-account where there is only one.
        """
        role = Role(self.role.data)
        if not self.has_limit:
            return self._without_any(role)
        chosen = frozenset(int(each) for each in self.sub_accounts.data or ())
        only = [int(each.value) for each in self.sub_accounts.choices]
        if role in ALWAYS_LIMITED and len(only) == 1:
            chosen = frozenset(only)
        if role not in LIMITABLE:
            if self.reach.data == SOME:
                self.reach.errors = [
                    gettext("This role is for the whole account. Choose all of them, or a sender.")
                ]
                return None
            return Access(role=role)
        if role in ALWAYS_LIMITED or self.reach.data == SOME:
            if not chosen:
                self.sub_accounts.errors = [gettext("Choose at least one sub-account.")]
                return None
            return Access(role=role, sub_account_ids=chosen)
        return Access(role=role)

    def _without_any(self, role: Role) -> Access | None:
        if role in ALWAYS_LIMITED:
            self.role.errors = [gettext("There is no sub-account yet that they could send for.")]
            return None
        return Access(role=role)


class InviteForm(AccessForm):
    """The same, and where the invitation goes; `key` is new with every form."""

    email = forms.email(lazy_gettext("E-mail address"))
    language = SelectField(lazy_gettext("Language of the mail"))
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )

    def __init__(self, audience: Audience, sub_accounts: Mapping[int, str], **data: Any) -> None:
        super().__init__(audience, sub_accounts, **data)
        self.language.choices = [SelectChoice(code, name_of(code)) for code in offered()]
        if not self.is_submitted():
            self.language.data = offered()[0]


class PersonForm(AccessForm):
    """The same of somebody who is there; without `changes_access` it is their name alone."""

    def __init__(
        self,
        audience: Audience,
        sub_accounts: Mapping[int, str],
        *,
        changes_access: bool,
        **data: Any,
    ) -> None:
        super().__init__(audience, sub_accounts if changes_access else {}, **data)
        if not changes_access:
            del self.role
