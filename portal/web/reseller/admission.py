"""Who of those that sign up is let in or refused by rules, and a try of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import (
    EmailField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.language import locale
from portal.http.unit_of_work import session
from portal.pricing import packages, selling, shelf
from portal.provisioning import settling
from portal.tenancy import admission as admissions
from portal.tenancy import hostnames, mail_domains, resellers
from portal.tenancy import settings as settled
from portal.tenancy.admission import DOMAINS_MAX, REASON_LENGTH_MAX, Admission, Outcome, Rule
from portal.web.parts import client_fields
from portal.web.parts.forms import REQUIRED, Form, is_email, legible, trimmed
from portal.web.parts.pages import page
from portal.web.reseller.package_choices import PackageChoices
from portal.web.reseller.package_fields import CountriesField, entries
from portal.web.reseller.pages import blueprint

_SHOWN_AT_MOST: Final = 60
_RULES: Final = {
    Rule.COUNTRY_REFUSED: lazy_gettext("The country is one of those that you refuse"),
    Rule.COUNTRY_WAITS: lazy_gettext("The country is one of those that always wait"),
    Rule.PUBLIC_MAIL: lazy_gettext("Anybody gets an address at the mail domain, as at gmail.com"),
    Rule.DOMAIN_KNOWN: lazy_gettext("The mail domain is one of those that you let in at once"),
    Rule.OTHERWISE: lazy_gettext("Everybody else"),
}
assert _RULES.keys() == set(Rule)
_OUTCOMES: Final = {
    Outcome.ACTIVATED: lazy_gettext("is let in at once"),
    Outcome.REFUSED: lazy_gettext("is refused, with your reason"),
    Outcome.WAITS: lazy_gettext("waits for you"),
}
assert _OUTCOMES.keys() == set(Outcome)


class DomainsField(TextAreaField):
    """Mail domains, one a line or with commas between; `domains` is sorted, each once."""

    domains: tuple[str, ...] = ()

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, and name the first that will not do.

        Raises:
            ValidationError: for it, or for too many.
        """
        found = {self._domain(given) for given in entries(self.data)}
        if len(found) > DOMAINS_MAX:
            raise ValidationError(gettext("%(most)s domains are the most.", most=DOMAINS_MAX))
        self.domains = tuple(sorted(found))

    @staticmethod
    def _domain(given: str) -> str:
        domain = hostnames.normalise(given.removeprefix("@"))
        shown = given[:_SHOWN_AT_MOST]
        if domain is None or "." not in domain or ":" in given:
            raise ValidationError(
                gettext(
                    "%(given)s is no mail domain. Write what stands behind the @, as in"
                    " example.com.",
                    given=shown,
                )
            )
        if mail_domains.is_public(domain):
            raise ValidationError(
                gettext(
                    "Anybody gets an address at %(given)s, so nobody can be let in by it.",
                    given=shown,
                )
            )
        return domain


class AdmissionForm(Form):
    """The rules in their order, and an address to try them with."""

    notice = RadioField(
        lazy_gettext("You get a mail about somebody new"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice("confirmed", lazy_gettext("when their e-mail address is confirmed")),
            SelectChoice("at_once", lazy_gettext("at once")),
        ],
    )
    refused_countries = CountriesField(
        lazy_gettext("Countries that you refuse"),
        [Optional(), Length(max=4_000)],
        description=lazy_gettext("Names or codes, as in DE, Austria."),
    )
    refused_reason = StringField(
        lazy_gettext("The reason that people of those countries read"),
        [Length(max=REASON_LENGTH_MAX)],
        filters=[legible],
    )
    waiting_countries = CountriesField(
        lazy_gettext("Countries that always wait for you"),
        [Optional(), Length(max=4_000)],
        description=lazy_gettext("Whatever the mail domain is."),
    )
    domains = DomainsField(
        lazy_gettext("Mail domains that are let in at once"),
        [Optional(), Length(max=40_000)],
        filters=[trimmed],
        description=lazy_gettext(
            "One a line, as in example.com. It means addresses at exactly this domain, once they"
            " are confirmed."
        ),
    )
    package = SelectField(
        lazy_gettext("What they begin with"),
        description=lazy_gettext(
            "Also for the link in the mail to you. If it cannot be given any more, they wait."
        ),
    )
    try_email = EmailField(
        lazy_gettext("E-mail address"), [Optional(), Length(max=254), is_email], filters=[trimmed]
    )
    try_country = SelectField(lazy_gettext("Country"), [Optional()])

    def validate_refused_reason(self, field: StringField) -> None:
        """Refuse to refuse without a reason.

        Raises:
            ValidationError: there is none.
        """
        if self.refused_countries.codes and not field.data:
            raise ValidationError(gettext("Write what those who are refused shall read."))

    def validate_waiting_countries(self, field: CountriesField) -> None:
        """Refuse a country that stands in both lists.

        Raises:
            ValidationError: naming it.
        """
        for code in field.codes:
            if code in self.refused_countries.codes:
                name = locale().territories.get(code, code)
                raise ValidationError(
                    gettext("%(country)s is refused already. Take it out here.", country=name)
                )

    def rules(self) -> Admission:
        """What a valid form says."""
        return Admission(
            notice=self.notice.data,
            domains=list(self.domains.domains),
            package_id=int(self.package.data) if self.package.data else None,
            refused_countries=list(self.refused_countries.codes),
            refused_reason=self.refused_reason.data or "",
            waiting_countries=list(self.waiting_countries.codes),
        )


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the rules as it is explained: `decides` where it fits who was tried."""

    rule: str
    outcome: str
    decides: bool


@blueprint.route("/sign-ups/rules", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def admission() -> Response:
    """The rules, to read and to change."""
    form = _form()
    if form.validate_on_submit():
        settling.change(session(), by=g.actor, admission=form.rules())
        flash(gettext("Saved. It holds from now on."), "success")
        return redirect(url_for("reseller.admission"), 303)
    return _page(form, status=422 if form.is_submitted() else 200)


@blueprint.post("/sign-ups/rules/try")
@requires(Right.SETTINGS_MANAGE)
def try_admission() -> Response:
    """What would become of somebody under the rules as they stand in the form, saved or not."""
    form = _form()
    valid = form.validate()
    if valid and not form.try_email.data:
        form.try_email.errors = [gettext("Write an address to try.")]
        valid = False
    return _page(form, status=200 if valid else 422, tried=valid)


def _form() -> AdmissionForm:
    found = settled.read(session()).admission
    currency = resellers.own(session()).currency
    choices = PackageChoices(
        amounts=shelf.priced_in(session(), currency, on=selling.today(session())),
        currency=currency,
        has_defaults=packages.default(session()) is not None,
    ).all()
    form = AdmissionForm(data=_written(found))
    form.package.choices = choices
    if form.package.data not in {choice.value for choice in choices} and not form.is_submitted():
        form.package.data = ""  # it is no longer sold: nobody gets it
    form.try_country.choices = client_fields.countries(required=True)
    if form.try_country.data is None:
        form.try_country.data = resellers.own(session()).country
    return form


def _written(found: Admission) -> dict[str, Any]:
    return {
        "notice": found.notice,
        "domains": "\n".join(found.domains),
        "package": "" if found.package_id is None else str(found.package_id),
        "refused_countries": ", ".join(found.refused_countries),
        "refused_reason": found.refused_reason,
        "waiting_countries": ", ".join(found.waiting_countries),
    }


def _page(form: AdmissionForm, *, status: int, tried: bool = False) -> Response:
    decision = None
    if tried:
        email, country = form.try_email.data, form.try_country.data
        decision = admissions.decide(form.rules(), email=email, country=country)
    steps = [
        Step(
            rule=str(words),
            outcome=str(_OUTCOMES[admissions.OUTCOMES[rule]]),
            decides=decision is not None and decision.rule is rule,
        )
        for rule, words in _RULES.items()
    ]
    return page(
        "reseller/admission.html",
        status,
        form=form,
        steps=steps,
        tried=form.try_email.data if tried else "",
        outcome=str(_OUTCOMES[decision.outcome]) if decision else "",
    )
