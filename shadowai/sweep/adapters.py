"""The faces that client libraries expect. msal and google-auth take the guarded session as it is; googleapiclient wants httplib2."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from shadowai.connector import Quota
from shadowai.tenant import TenantError, Trouble

if TYPE_CHECKING:
    from shadowai.sweep.session import TenantSession

_FORM = "application/x-www-form-urlencoded"


class HttpShim:
    """What ``googleapiclient`` asks of an ``httplib2.Http``: :meth:`request` and :meth:`close`.

    Retries, quotas and tokens are the session's: call ``execute(num_retries=0)``. It may be shared by threads, as httplib2's own
    must not. Failures are :class:`~shadowai.tenant.TenantError`, never an ``HttpError``.
    """

    def __init__(self, session: TenantSession, quota: Quota, audience: str | None) -> None:
        self._session, self._quota, self._audience = session, quota, audience

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,
        connection_type: Any = None,
    ) -> tuple[Any, bytes]:
        """The answer as httplib2 gives it: a response, and the bytes of its body."""
        from httplib2 import Response

        sent = {name: value for name, value in (headers or {}).items() if name.lower() in ("accept", "content-type")}
        answer = self._ask(uri, method, body, sent)
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        told = {"status": str(answer.status), "content-type": "application/json; charset=utf-8"}
        return Response(told), content

    def close(self) -> None:
        """Nothing: the sockets are the session's."""

    def _ask(self, uri: str, method: str, body: Any, headers: Mapping[str, str]) -> Any:
        common: dict[str, Any] = {"quota": self._quota, "audience": self._audience, "headers": headers}
        if method == "GET":
            return self._session.get(uri, **common)
        if method != "POST":
            raise TenantError(Trouble.UNEXPECTED, f"refused to send {method}: it may change something")
        text = body.decode() if isinstance(body, bytes) else str(body or "")
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        if kind.startswith(_FORM):
            return self._session.post(uri, form={key: value[0] for key, value in parse_qs(text).items()}, **common)
        return self._session.post(uri, json=json.loads(text) if text else None, **common)
