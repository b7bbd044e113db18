"""What the organisation has decided about services: a YAML file of rules, first match wins (docs/policy.md)."""

from __future__ import annotations

from shadowai.policy.breach import FAIL_ON, breaches, exit_code, undecided
from shadowai.policy.deciding import Policy
from shadowai.policy.nouns import UNKNOWN, Decision, Use, Word
from shadowai.policy.reading import DEFAULTS, STATUSES
from shadowai.policy.rules import Conditions, Rule

__all__ = [
    "DEFAULTS",
    "FAIL_ON",
    "STATUSES",
    "UNKNOWN",
    "Conditions",
    "Decision",
    "Policy",
    "Rule",
    "Use",
    "Word",
    "breaches",
    "exit_code",
    "undecided",
]
