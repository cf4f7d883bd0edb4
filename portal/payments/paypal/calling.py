"""Call PayPal's interface: with a token, in ten seconds for all, its refusals in our words."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from portal.infra.exchanging import Answer, ExchangeError, exchange, http_session
from portal.payments.errors import NoSuchPayment, Refused, Unanswered, WrongKey
from portal.payments.port import CALL_SECONDS_MAX, Access

LIVE: Final = "https://api-m.paypal.com"
SANDBOX: Final = "https://api-m.sandbox.paypal.com"
_TOKEN_SECONDS_LEFT_MIN: Final = 60
_REASON_LENGTH_MAX: Final = 200
_AGAIN_LATER: Final = frozenset({408, 429})

Object = Mapping[str, Any]


class NotPermitted(WrongKey):
    """The app may not ask for this; it may have been given no right to it at PayPal."""


class Denied(Refused):
    """PayPal does not do it; `issue` is its own word for why, as in ORDER_NOT_APPROVED."""

    def __init__(self, reason: str, *, issue: str) -> None:
        super().__init__(reason)
        self.issue = issue


class _Tokens:
    """The tokens of this process, each for as long as PayPal says; it limits who asks for many."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def get(self, account: str) -> str | None:
        with self._lock:
            token, ends_at = self._kept.get(account, ("", 0.0))
        return token if ends_at > time.monotonic() else None

    def put(self, account: str, token: str, *, seconds: float) -> None:
        now = time.monotonic()
        with self._lock:
            self._kept = {each: held for each, held in self._kept.items() if held[1] > now}
            self._kept[account] = (token, now + seconds - _TOKEN_SECONDS_LEFT_MIN)

    def forget(self, account: str) -> None:
        with self._lock:
            self._kept.pop(account, None)


_TOKENS: Final = _Tokens()


class Calls:
    """Some calls that belong together, and end together."""

    def __init__(self, access: Access, *, seconds: float = CALL_SECONDS_MAX) -> None:
        self._origin = access.origin or (LIVE if access.is_live else SANDBOX)
        pair = f"{access.secrets['client_id']}:{access.secrets['client_secret']}".encode()
        self._basic = base64.b64encode(pair).decode()
        self._account = hashlib.sha256(f"{self._origin} ".encode() + pair).hexdigest()
        self._ends_at = time.monotonic() + seconds

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Object:
        """What is there.

        Raises:
            NoSuchPayment: nothing is.
            Unanswered, Refused, WrongKey, NotPermitted: it is not known.
        """
        return self._authorised("GET", path, query=query)

    def post(self, path: str, said: Object | bytes, *, request_id: str = "") -> Object:
        """What came of it; said again with the same `request_id`, nothing more comes of it.

        Raises:
            Unanswered: nobody knows.
            Denied, NoSuchPayment, WrongKey, NotPermitted: nothing did.
        """
        headers = {"Content-Type": "application/json", "Prefer": "return=representation"}
        if request_id:
            headers["PayPal-Request-Id"] = request_id
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self._authorised("POST", path, headers=headers, body=body)

    def renew_token(self) -> None:
        """Show the credentials anew, whatever was shown before.

        Raises:
            Unanswered, Refused, WrongKey: they are not taken.
        """
        _TOKENS.forget(self._account)
        self._token()

    def _token(self) -> str:
        known = _TOKENS.get(self._account)
        if known is not None:
            return known
        headers = {
            "Authorization": f"Basic {self._basic}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"grant_type": "client_credentials"}).encode()
        answer = self._answer("POST", "/v1/oauth2/token", headers=headers, body=body)
        said = _object(answer)
        if answer.status != 200:
            raise WrongKey(_cut(said.get("error_description") or said.get("error") or "no token"))
        token, seconds = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise Unanswered("no token in the answer")
        _TOKENS.put(self._account, token, seconds=seconds)
        return token

    def _authorised(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Object:
        for is_last in (False, True):
            token = self._token()
            told = {**(headers or {}), "Authorization": f"Bearer {token}"}
            answer = self._answer(method, path, query=query, headers=told, body=body)
            if answer.status != 401:
                break
            _TOKENS.forget(self._account)  # withdrawn before its time: a new one is tried once
            if is_last:
                raise WrongKey("the credentials are not taken")
        return _good(answer)

    def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str],
        body: bytes | None = None,
    ) -> Answer:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise Unanswered("no answer in time")

        async def asked() -> Answer:
            async with http_session(connections_max=1) as http:
                return await exchange(
                    http,
                    method,
                    self._origin + path,
                    query=query,
                    headers=headers,
                    body=body,
                    answer_seconds=left,
                )

        try:
            answer = asyncio.run(asked())
        except ExchangeError as broken:
            raise Unanswered(broken.reason) from None
        if answer.status >= 500 or answer.status in _AGAIN_LATER:
            raise Unanswered(f"HTTP {answer.status}")
        return answer


def _good(answer: Answer) -> Object:
    if answer.status in {200, 201}:
        return _object(answer)
    said = _object(answer)
    details = said.get("details")
    first = details[0] if isinstance(details, list) and details else {}
    issue = str(first.get("issue", "")) if isinstance(first, dict) else ""
    told = issue and str(first.get("description") or "")
    reason = _cut(": ".join(each for each in (issue, told) if each) or said.get("message") or "")
    if answer.status == 403:
        raise NotPermitted(reason)
    if answer.status == 404:
        raise NoSuchPayment(reason)
    raise Denied(reason or f"HTTP {answer.status}", issue=issue)


def _object(answer: Answer) -> Object:
    """What was answered.

    Raises:
        Unanswered: it is not what PayPal answers.
    """
    try:
        found = json.loads(answer.body or b"{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unanswered(f"HTTP {answer.status}, and nothing that can be read")
    return found


def _cut(said: object) -> str:
    return str(said)[:_REASON_LENGTH_MAX]
