"""What a reseller says of refunds in other languages than its own: a field for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from babel import Locale
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from portal.http.language import locale
from portal.http.unit_of_work import session
from portal.infra import translation
from portal.tenancy import resellers, settings
from portal.tenancy.deposit_rules import TEXT_LENGTH_MAX
from portal.web.parts.forms import Form, trimmed

_PREFIX: Final = "refund_text_"
Kind = TypeVar("Kind", bound=Form)


def with_texts(kind: type[Kind]) -> type[Kind]:
    """A form with such fields, for the languages that the portal offers."""
    fields = {f"{_PREFIX}{each}": _field(each) for each in _others()}
    return type(kind.__name__, (kind,), fields)


def shown(texts: Mapping[str, str]) -> dict[str, Any]:
    """What the fields begin with."""
    return {f"{_PREFIX}{language}": text for language, text in texts.items()}


def fields_of(form: Form) -> list[TextAreaField]:
    """The fields in their order."""
    return [each for each in form if each.name.startswith(_PREFIX)]


def written(form: Form) -> dict[str, str]:
    """What was written, by language."""
    return {each.name.removeprefix(_PREFIX): each.data for each in fields_of(form) if each.data}


def _others() -> list[str]:
    own = resellers.own(session()).language
    offered = settings.read(session()).languages or translation.all_languages()
    return [each for each in offered if each != own]


def _field(language: str) -> TextAreaField:
    name = Locale.parse(language.replace("-", "_")).get_display_name(locale()) or language
    return TextAreaField(
        name, [Optional(), Length(max=TEXT_LENGTH_MAX)], filters=[trimmed], render_kw={"rows": "3"}
    )
