"""Hand a mail over: to an SMTP server, or to a folder that shows what would have been sent."""

from __future__ import annotations

import os
import re
import secrets
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from portal.infra.config import SettingError

CONNECT_SECONDS: Final = 10
ANSWER_SECONDS: Final = 60
_PORTS: Final = {"smtp": 25, "smtps": 465}
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9]+")


class MailError(Exception):
    """A mail was not handed over; `reason` is fit for a log and for the operator's eyes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MailRefused(MailError):
    """This mail will never be taken: there is no such address, or its content is not wanted."""


class MailDelayed(MailError):
    """It was not taken now; another try is worth it. The mail itself need not be at fault."""


class Mailer(Protocol):
    """Somewhere to hand mails over to."""

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Hand over one mail for one address; `sender` is where the envelope returns to.

        A connection that breaks off after the last byte counts as delayed: a mail may arrive
        twice, under one Message-ID, rather than not at all.

        Raises:
            MailRefused: it will never be taken.
            MailDelayed: it may be taken later.
        """
        ...


def open_mailer(setting: str) -> Mailer:
    """The mailer of `PORTAL_MAIL`: `smtp://user:password@host:587`, `smtps://…`, `folder:/path`.

    Nothing is connected to or written yet.

    Raises:
        SettingError: for anything else; one sentence, without the password.
    """
    kind, _, path = setting.partition(":")
    if kind == "folder" and path:
        return FolderMailer(Path(path))
    try:
        parts = urlsplit(setting)
        port = parts.port
    except ValueError:
        raise SettingError("PORTAL_MAIL has a host or a port that cannot be read.") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingError(
            "PORTAL_MAIL must be smtp://user:password@host:587, smtps://… or folder:/path."
        )
    return SmtpMailer(
        parts.hostname,
        port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        encrypted_from_start=parts.scheme == "smtps",
    )


class FolderMailer:
    """Writes each mail as an `.eml` file; sending one again replaces its file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Write `<time of the mail in UTC>-<id>.eml`, so that the names sort as the mails came."""
        del sender, to  # the message's own headers say it
        name = _file_name(message)
        # Readers look for *.eml, so that none sees a file that is half written.
        draft = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_bytes(message.as_bytes())
            draft.replace(self.folder / name)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            reason = os.strerror(error.errno) if error.errno else type(error).__name__
            raise MailDelayed(f"the mail folder cannot be written to: {reason}") from error


class SmtpMailer:
    """Speaks SMTP with one server: encrypted where that is offered, always before a password."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str = "",
        password: str = "",
        encrypted_from_start: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._user = user
        self._password = password
        self._encrypted_from_start = encrypted_from_start
        self._tls = tls or ssl.create_default_context()

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Hand over in a connection of its own; addresses are as `mime.address` returns them."""
        try:
            server = self._connect(greet_as=sender.rpartition("@")[2])
            try:
                self._open(server)
                server.sendmail(sender, [to], message.as_bytes())
            finally:
                # Taken or not is decided by now; how the connection ends changes nothing.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(*error.recipients[to]) from error
        except smtplib.SMTPDataError as error:
            raise _judged(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            # A greeting, a log-in or our own address was refused: no fault of this one mail.
            raise MailDelayed(_line(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailDelayed(f"{type(error).__name__}: {error}") from error

    def _connect(self, *, greet_as: str) -> smtplib.SMTP:
        # The default greeting is this machine's own name, and the server would write it into the
        # mail; the sender's domain is there already.
        if self._encrypted_from_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host,
                self.port,
                local_hostname=greet_as,
                timeout=CONNECT_SECONDS,
                context=self._tls,
            )
        else:
            server = smtplib.SMTP(
                self.host, self.port, local_hostname=greet_as, timeout=CONNECT_SECONDS
            )
        if server.sock is not None:
            server.sock.settimeout(ANSWER_SECONDS)
        return server

    def _open(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if not self._encrypted_from_start and server.has_extn("starttls"):
            server.starttls(context=self._tls)
            server.ehlo()
        elif self._user and not self._encrypted_from_start:
            raise MailDelayed("the mail server offers no encryption, so it gets no password")
        if self._user:
            server.login(self._user, self._password)


def _file_name(message: EmailMessage) -> str:
    number = _NOT_IN_FILE_NAMES.sub("-", message["Message-ID"].partition("@")[0]).strip("-")
    return f"{message['Date'].datetime:%Y%m%dT%H%M%SZ}-{number}.eml"


def _judged(code: int, text: bytes | str) -> MailError:
    """What an answer about this very mail means: 5xx is for good (RFC 5321, 4.2.1)."""
    kind = MailRefused if 500 <= code <= 599 else MailDelayed
    return kind(_line(code, text))


def _line(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:500]
