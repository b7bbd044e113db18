"""The tokens of one tenant: asked for once, kept until shortly before they expire, renewed once when refused."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shadowai.connector import Token
from shadowai.sweep.clock import Clock
from shadowai.sweep.redaction import Redactor
from shadowai.tenant import TenantError, Trouble

MARGIN = 300_000_000
"""Microseconds before its end from which on a token is not used any more."""


class Tokens:
    """Tokens by audience. Several threads that need the same one wait for one request."""

    def __init__(self, fetch: Callable[[str], Token], clock: Clock, redactor: Redactor) -> None:
        self._fetch, self._clock, self._redactor = fetch, clock, redactor
        self._kept: dict[str, Token] = {}
        self._refused: dict[str, TenantError] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, audience: str, *, instead_of: Token | None = None) -> Token:
        """The token; a new one where it is about to expire or is ``instead_of`` one that was refused.

        Credentials that were refused are not offered again: thousands of tasks would lock the account.
        """
        with self._lock:
            lock = self._locks.setdefault(audience, threading.Lock())
        with lock:
            found = self._kept.get(audience)
            if found is not None and found is not instead_of and self._fresh(found):
                return found
            if audience in self._refused:
                raise self._again(self._refused[audience])
            return self._new(audience)

    def permissions(self) -> tuple[str, ...]:
        """The permissions that the tokens at hand carry, in order."""
        return tuple(sorted({name for token in self._kept.values() for name in token.permissions}))

    def _new(self, audience: str) -> Token:
        try:
            made = self._fetch(audience)
        except TenantError as error:
            if error.trouble is Trouble.CREDENTIALS:
                self._refused[audience] = error
            raise
        self._redactor.hide(made.value)
        self._kept[audience] = made
        return made

    def _fresh(self, token: Token) -> bool:
        return token.expires is None or token.expires - MARGIN > int(self._clock.time() * 1_000_000)

    @staticmethod
    def _again(error: TenantError) -> TenantError:
        return TenantError(error.trouble, error.detail, remedy=error.remedy, status=error.status, code=error.code)
