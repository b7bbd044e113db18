"""What the organisation has decided about services: a YAML file of rules, first match wins (docs/policy.md)."""

from __future__ import annotations

from shadowai.policy.breach import FAIL_ON, breaches, exit_code, undecided
from shadowai.policy.deciding import Policy
from shadowai.policy.model import UNKNOWN, Decision, Use, Word

__all__ = [
    "FAIL_ON",
    "UNKNOWN",
    "Decision",
    "Policy",
    "Use",
    "Word",
    "breaches",
    "exit_code",
    "undecided",
]
