"""What a row relates to in MITRE ATT&CK and MITRE ATLAS.

"Relates to" and nothing more: that somebody uses an AI service is no attack, and no export says that a technique was observed. The
references lead an analyst from a row to what the same traffic or grant would be in an attacker's hands.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from shadowai.model import Entry, Usage


class Technique(NamedTuple):
    """A technique of a framework, by its id and name there."""

    framework: str
    id: str
    name: str

    @property
    def url(self) -> str:
        """Its page."""
        if self.framework == "MITRE ATLAS":
            return f"https://atlas.mitre.org/techniques/{self.id}"
        return f"https://attack.mitre.org/techniques/{self.id.replace('.', '/')}/"


WEB_SERVICE: Final = Technique("MITRE ATT&CK", "T1567", "Exfiltration Over Web Service")
INTEGRATION: Final = Technique("MITRE ATT&CK", "T1671", "Cloud Application Integration")
INFERENCE: Final = Technique("MITRE ATLAS", "AML.T0040", "AI Model Inference API Access")
LEAKAGE: Final = Technique("MITRE ATLAS", "AML.T0057", "LLM Data Leakage")
TOOLS: Final = Technique("MITRE ATLAS", "AML.T0053", "AI Agent Tool Invocation")

_BY_USAGE: Final[dict[Usage | None, tuple[Technique, ...]]] = {
    None: (),
    Usage.RESOLVED: (),
    Usage.CONNECTED: (),
    Usage.INTERACTIVE: (LEAKAGE,),
    Usage.BULK: (WEB_SERVICE, LEAKAGE),
    Usage.INTEGRATED: (INFERENCE, LEAKAGE),
    Usage.AUTONOMOUS: (TOOLS, LEAKAGE),
}


def techniques(entry: Entry) -> tuple[Technique, ...]:
    """What the manner of use and the grants of a row relate to."""
    granted = (INTEGRATION,) if entry.scopes else ()
    return (*granted, *_BY_USAGE[entry.usage])
