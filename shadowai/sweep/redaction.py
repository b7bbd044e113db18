"""Nothing secret in a text that a person, a log or a database may see."""

from __future__ import annotations

import json
import logging
import re
import threading
from typing import Any, Final

HIDDEN = "[hidden]"
LIBRARIES: Final = frozenset(
    {"google", "google_auth_httplib2", "googleapiclient", "httplib2", "msal", "requests", "urllib3"}
)
"""What a sweep sends requests with, by the names that its loggers begin with."""
_SHORTEST = 6
"""Shorter values are left alone: hiding "a" wherever it stands hides the message."""

_NAMES = (
    "access_?token|refresh_?token|id_?token|client_?secret|client_?assertion|assertion|password|api_?key|private_?key"
    "|delta_?token|skip_?token|delta_?link|page_?token|next_?page_?token|cursor"
)
_PATTERNS = (
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL), HIDDEN),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}"), HIDDEN),  # JWT, RFC 7519
    (re.compile(r"(?i)\b(bearer|basic|ssws)\s+(?=\S*\d|\S{20})[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(r"\b(?:sk-[\w-]{8,}|x(?:ox[a-z]|app)-[\w-]{6,}|gh[a-z]_\w{8,}|github_pat_\w{8,}|ya29\.[\w.-]{6,})"),
        HIDDEN,
    ),
    (re.compile(rf"(?i)((?:\$|%24)?(?:{_NAMES}|code|sig)(?:=|%3d)[\"']?)[^\s&\"',}}<>]+"), rf"\1{HIDDEN}"),
    (re.compile(rf"(?i)([\"'](?:{_NAMES})[\"']\s*:\s*[\"'])[^\"']+"), rf"\1{HIDDEN}"),
)


class Redactor:
    """Knows the secrets at hand, and what secrets look like."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def hide(self, value: str) -> None:
        """From now on, ``value`` is hidden wherever it stands; of a JSON object its longer texts too (a key's file)."""
        lines = {line.strip() for line in value.splitlines() if not line.startswith("-----")}
        parts = {value, value.strip()} | (_texts(value) if value.lstrip().startswith("{") else lines)
        with self._lock:
            self._known |= {part for part in parts if len(part) >= _SHORTEST}

    def __call__(self, text: str) -> str:
        """``text`` without secrets."""
        with self._lock:
            known = sorted((part for part in self._known if part in text), key=len, reverse=True)
        for part in known:
            text = text.replace(part, HIDDEN)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


class RedactedRecords:
    """Makes the log records of :data:`LIBRARIES` without secrets until :meth:`stop`: urllib3 logs every address with its query.

    Records are met where they are made: the filter of a logger does not see those of the loggers below it, and each module of a library
    has its own.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redact, self._stopped = redactor, False
        self._make = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self)

    def __call__(self, *about: Any, **more: Any) -> logging.LogRecord:
        """A record, its message and its traceback without secrets."""
        made = self._make(*about, **more)
        if not self._stopped and made.name.partition(".")[0] in LIBRARIES:
            made.msg, made.args = self._redact(made.getMessage()), ()
            if made.exc_info:
                made.exc_text = self._redact(logging.Formatter().formatException(made.exc_info))
                made.exc_info = None
        return made

    def stop(self) -> None:
        """Records are made as before."""
        self._stopped = True
        if logging.getLogRecordFactory() is self:
            logging.setLogRecordFactory(self._make)


def _texts(value: str) -> set[str]:
    """The texts of a JSON object that are long enough to be secrets, and their lines."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return set()
    texts = [text for text in found.values() if isinstance(text, str)] if isinstance(found, dict) else []
    secret = [text for text in texts if len(text) >= 32 and not text.startswith("http")]
    return {line for text in secret for line in (text, *text.splitlines()) if not line.startswith("-----")}
