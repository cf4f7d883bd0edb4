"""The forms for how mails go out."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import EmailField, PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.http.wiring import current
from portal.infra.mime import ADDRESS_CHARACTERS_MAX, TITLE_CHARACTERS_MAX
from portal.infra.smtp import Security
from portal.notifications.errors import MailSettingUnfit
from portal.notifications.mail_servers import Written
from portal.web.parts import mail_words
from portal.web.parts.counts import WholeField
from portal.web.parts.forms import REQUIRED, Form, text, trimmed

CREDENTIAL_CHARACTERS_MAX = 200
_ADDRESS = Length(max=ADDRESS_CHARACTERS_MAX)
_CREDENTIAL = Length(max=CREDENTIAL_CHARACTERS_MAX)


class _Refusable(Form):
    """A form that shows what a verb has refused."""

    def refuse(self, unfit: MailSettingUnfit) -> None:
        """Say it at the field that it is about."""
        self[unfit.field].errors = [mail_words.wrong(unfit.wrong)]


class SenderForm(_Refusable):
    """Whom mails are from; what is empty is the portal's own."""

    name = text(lazy_gettext("From name"), length_max=TITLE_CHARACTERS_MAX)
    address = EmailField(
        lazy_gettext("From address"),
        [Optional(), _ADDRESS],
        filters=[trimmed],
        description=lazy_gettext(
            "It shows once your own mail server or a signature of its domain is set up below."
        ),
    )
    reply_to = EmailField(lazy_gettext("Answers go to"), [Optional(), _ADDRESS], filters=[trimmed])


class ServerForm(_Refusable):
    """An own mail server."""

    host = StringField(
        lazy_gettext("Server"),
        [DataRequired(REQUIRED), Length(max=253)],
        filters=[trimmed],
        description=lazy_gettext("Its name as your mail provider tells it: smtp.example.com."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    port = WholeField(
        lazy_gettext("Port"),
        [DataRequired(REQUIRED), Length(max=20)],
        filters=[trimmed],
        default="587",
        description=lazy_gettext("587, 465, 25 or 2525."),
        render_kw={"inputmode": "numeric"},
    )
    security = RadioField(
        lazy_gettext("Encryption"),
        [InputRequired(REQUIRED)],
        default=Security.STARTTLS.value,
    )
    user = StringField(
        lazy_gettext("User"),
        [Optional(), _CREDENTIAL],
        filters=[trimmed],
        description=lazy_gettext("Mostly your e-mail address."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [Optional(), _CREDENTIAL],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *, has_password: bool = False, **options: object) -> None:
        super().__init__(**options)
        choices = [
            SelectChoice(Security.STARTTLS.value, lazy_gettext("STARTTLS, mostly with port 587")),
            SelectChoice(Security.TLS.value, lazy_gettext("TLS, mostly with port 465")),
        ]
        if current().settings.private_mail_servers:
            choices.append(SelectChoice(Security.NONE.value, lazy_gettext("none")))
        self.security.choices = choices
        if has_password:
            self.password.description = lazy_gettext(
                "A password is kept and never shown. Leave this empty to keep it."
            )

    def written(self) -> Written:
        """The server as it was written; of a form that is valid."""
        return Written(
            host=self.host.data,
            port=self.port.count,
            security=Security(self.security.data),
            user=self.user.data or "",
            password=self.password.data or "",
        )
