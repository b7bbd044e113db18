"""What can go wrong, in four kinds; each knows where it happened and what to do about it."""

from __future__ import annotations

from shadowai.model import Origin


class ShadowaiError(Exception):
    """Base of every error that a user may see.

    ``message`` says what is wrong, ``origin`` where (may be absent), ``remedy`` what to do about it.
    """

    exit_code = 2

    def __init__(self, message: str, *, origin: Origin | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.origin = origin
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.origin}: " if self.origin is not None else ""
        then = f" ({self.remedy})" if self.remedy else ""
        return f"{where}{self.message}{then}"


class UsageError(ShadowaiError):
    """The command line, the configuration or a policy file is wrong: exit code 2."""


class SourceError(ShadowaiError):
    """An input could not be read at all; becomes a gap in the report: exit code 3."""

    exit_code = 3


class SignatureError(ShadowaiError):
    """A signature file is malformed: exit code 2."""
