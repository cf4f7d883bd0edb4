"""Speak SMTP with one server, within a time, and say in one word what it has refused."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from enum import StrEnum, unique
from typing import Final

from portal.infra.mail_errors import MailDelayed, MailError, MailRefused, Trouble

CONNECT_SECONDS: Final = 10
ANSWER_SECONDS: Final = 60
ALL_SECONDS: Final = 180
ANSWER_CHARACTERS_MAX: Final = 500
_POLICY = re.compile(r"5\.7\.[0-9]+")


@unique
class Security(StrEnum):
    """How the line to a server is kept private."""

    OFFERED = "offered"
    """Encrypted where the server offers it, and always before a password."""
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


Resolve = Callable[[str], Sequence[str]]
"""The addresses of a host name; it refuses with `MailDelayed`."""


class SmtpMailer:
    """Hands mails to one server, each in a connection of its own.

    With `resolve`, it connects to the addresses that this gives and to no others, so that what was
    checked is what is called. `is_own` says that the server is the sender's and not a relay for
    all: then it is the server's fault, and not the mail's, if it refuses to relay.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str = "",
        password: str = "",
        security: Security = Security.OFFERED,
        resolve: Resolve | None = None,
        is_own: bool = False,
        all_seconds: float = ALL_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._user = user
        self._password = password
        self._security = security
        self._resolve = resolve
        self._is_own = is_own
        self._all_seconds = all_seconds
        self._tls = tls or ssl.create_default_context()

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Hand over one mail; addresses are as `mime.address` returns them.

        Raises:
            MailRefused: it will never be taken.
            MailDelayed: it may be taken later; also when all of it took longer than it may.
        """
        addresses = self._resolve(self.host) if self._resolve else [self.host]
        # The default greeting is this machine's own name, and the server would write it into the
        # mail; the sender's domain is there already.
        line = self._line(addresses, greet_as=sender.rpartition("@")[2])
        with _deadline(line, self._all_seconds):
            try:
                self._hand_over(line, message, sender=sender, to=to)
            except MailError:
                raise
            except (smtplib.SMTPException, OSError, ValueError) as error:
                if line.is_cut:
                    reason = f"not done within {self._all_seconds:g} s"
                    raise MailDelayed(reason, trouble=Trouble.SLOW) from error
                raise self._judged(error, to=to) from error

    def _line(self, addresses: Sequence[str], *, greet_as: str) -> _Line:
        kind = _TlsLine if self._security is Security.TLS else _Line
        seconds = min(CONNECT_SECONDS, self._all_seconds)
        return kind(self.host, addresses, greet_as=greet_as, seconds=seconds, tls=self._tls)

    def _hand_over(self, server: _Line, message: EmailMessage, *, sender: str, to: str) -> None:
        try:
            code, words = server.connect(self.host, self.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, words)
            if server.sock is not None:
                server.sock.settimeout(min(ANSWER_SECONDS, self._all_seconds))
            self._open(server)
            server.sendmail(sender, [to], message.as_bytes())
        finally:
            # Taken or not is decided by now; how the connection ends changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _open(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._security in {Security.OFFERED, Security.STARTTLS}:
            if server.has_extn("starttls"):
                server.starttls(context=self._tls)
                server.ehlo()
            elif self._user or self._security is Security.STARTTLS:
                raise MailDelayed(
                    "the mail server offers no encryption, so it gets no password",
                    trouble=Trouble.NO_ENCRYPTION,
                )
        if self._user:
            server.login(self._user, self._password)

    def _judged(self, error: Exception, *, to: str) -> MailError:
        """What an exception of the library's means."""
        match error:
            case smtplib.SMTPRecipientsRefused():
                code, words = error.recipients[to]
                # It takes no mail for anybody but its own people: a setting is wrong, and another
                # way may still bring the mail to its reader.
                relays_not = self._is_own and _POLICY.search(_text(words)) is not None
                trouble = Trouble.SENDER if relays_not else Trouble.RECIPIENT
                return _about_this_mail(code, words, trouble, is_final=not relays_not)
            case smtplib.SMTPDataError():
                return _about_this_mail(error.smtp_code, error.smtp_error, Trouble.CONTENT)
            case smtplib.SMTPResponseException():
                # A greeting, a log-in or our own address was refused: no fault of this one mail.
                return MailDelayed(
                    _line_of(error.smtp_code, error.smtp_error), trouble=_trouble_of(error)
                )
            case _:
                return MailDelayed(f"{type(error).__name__}: {error}", trouble=_trouble_of(error))


class _Line(smtplib.SMTP):
    """A connection to addresses that are known already, which another thread may cut."""

    def __init__(
        self,
        host: str,
        addresses: Sequence[str],
        *,
        greet_as: str,
        seconds: float,
        tls: ssl.SSLContext,
    ) -> None:
        super().__init__(local_hostname=greet_as, timeout=seconds)
        # The library knows the name for its certificate from its constructor alone, which would
        # connect at once, before anybody could cut it.
        self._host = host
        self._addresses = addresses
        self._private = tls
        self._twin: socket.socket | None = None
        self.is_cut = False

    def cut(self) -> None:
        """End it, whatever it waits for."""
        self.is_cut = True
        if self._twin is not None:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connection back."""
        super().close()
        if self._twin is not None:
            self._twin.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host
        made = self._reached(port, timeout)
        # While the line becomes an encrypted one, the library holds no socket that could be shut.
        self._twin = made.dup()
        return made

    def _reached(self, port: int, timeout: float) -> socket.socket:
        for address in self._addresses[:-1]:
            with suppress(OSError):
                return socket.create_connection((address, port), timeout)
        if self.is_cut:
            raise TimeoutError
        return socket.create_connection((self._addresses[-1], port), timeout)


class _TlsLine(_Line):
    """The same, encrypted from its first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = super()._get_socket(host, port, timeout)
        return self._private.wrap_socket(plain, server_hostname=self._host)


@contextmanager
def _deadline(line: _Line, seconds: float) -> Iterator[None]:
    """Cut the line when the time is over: a server that answers drop by drop holds nobody up."""
    timer = threading.Timer(seconds, line.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _trouble_of(error: Exception) -> Trouble:
    kinds: tuple[tuple[type[Exception], Trouble], ...] = (
        (smtplib.SMTPAuthenticationError, Trouble.LOGIN),
        (smtplib.SMTPSenderRefused, Trouble.SENDER),
        (smtplib.SMTPNotSupportedError, Trouble.NO_LOGIN),
        (smtplib.SMTPServerDisconnected, Trouble.BROKEN_OFF),
        (smtplib.SMTPException, Trouble.OTHER),
        (ssl.SSLCertVerificationError, Trouble.CERTIFICATE),
        (ssl.SSLError, Trouble.WRONG_ENCRYPTION),
        (TimeoutError, Trouble.SLOW),
        (socket.gaierror, Trouble.NO_SUCH_HOST),
        (ConnectionResetError, Trouble.BROKEN_OFF),
        (OSError, Trouble.NO_CONNECTION),
        (UnicodeError, Trouble.LOGIN),  # the library writes user and password in ASCII alone
    )
    return next((trouble for kind, trouble in kinds if isinstance(error, kind)), Trouble.OTHER)


def _about_this_mail(
    code: int, words: bytes | str, trouble: Trouble, *, is_final: bool = True
) -> MailError:
    """What an answer about this very mail means: 5xx is for good (RFC 5321, 4.2.1)."""
    kind = MailRefused if is_final and 500 <= code <= 599 else MailDelayed
    return kind(_line_of(code, words), trouble=trouble)


def _line_of(code: int, words: bytes | str) -> str:
    return f"{code} {_text(words)}"[:ANSWER_CHARACTERS_MAX]


def _text(words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    # What a server says is stored and shown: no NUL, and nothing that steers a terminal.
    return " ".join("".join(each if each.isprintable() else " " for each in said).split())
