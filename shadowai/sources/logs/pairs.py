"""Lines of pairs: ``key=value`` in its dialects, CEF, LEEF."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, ClassVar

from shadowai.sources.logs.aliases import flat, in_english
from shadowai.sources.logs.description import Cef, Key, KeyValue, Leef
from shadowai.sources.logs.tokens import Getter, Keyed, Row, Tokenizer, nothing

_WORDS = r"[^\W\d_][\w.\-/]{0,31}(?: [\w.\-/()]{1,31}){0,2}"
"""A key of up to three words."""
_COLON = r":(?=[\s,]|$)"
_UNESCAPE = re.compile(r"\\([\\=|\"'])")


class KeyValueTokenizer(Keyed):
    """``key=value`` dialects. The first of a repeated key wins: what comes later in a line is easier to forge.

    Keys and runs of blanks are bounded, so that the time to read a hostile line grows with its length alone.
    """

    dialects: ClassVar[dict[str, str]] = {
        "equals": r'([A-Za-z_][\w.\-/]{0,63})=("[^"\\]*+(?:\\.[^"\\]*+)*+"|\'[^\']*\'|[^\s"]*)',
        "equals_blanks": r'([A-Za-z_][\w.\-/]{0,63})=("[^"\\]*+(?:\\.[^"\\]*+)*+"|.*?)(?=\s{1,16}[A-Za-z_][\w.\-/]{0,63}=|\s{0,16}$)',
        "comma": r'([A-Za-z_][\w.\-/]{0,63})=("[^"\\]*+(?:\\.[^"\\]*+)*+"|[^,"]*)',
        "colon_quoted": r'([A-Za-z_][\w.\-]{0,63}):{1,16}"([^"\\]*+(?:\\.[^"\\]*+)*+)"',
        "colon_comma": r"(?:^|,\s|:\s)([A-Z]\w{0,63}(?: Policy)?): (.*?)(?=, [A-Z]\w{0,63}(?: Policy)?: |\s{0,16}$)",
        "colon_words": (
            rf'(?:^|,\s{{1,4}})({_WORDS}){_COLON}\s{{0,4}}("[^"\\]*+(?:\\.[^"\\]*+)*+"|.*?)'
            rf"(?=,\s{{1,4}}{_WORDS}{_COLON}|,?\s{{0,16}}$)"
        ),
        "tab": r"([A-Za-z_][\w.\-/]{0,63})=([^\t]*)",
        "parted": r"(?:^|[;|]\s{0,8}|\s)([A-Za-z_][\w.\-/]{0,63})=(\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"|[^;|\"]*)",
    }
    """What a pair is: the key, and the value with its quotes."""

    def __init__(self, family: KeyValue) -> None:
        super().__init__()
        self._pairs = re.compile(self.dialects[family.dialect])
        self._requires = family.requires
        self._aliases = family.aliases

    def read(self, line: str) -> Row:
        pairs = self._pairs.findall(line)
        tokens: dict[str, Any] = _under_aliases(pairs) if self._aliases else dict(reversed(pairs))
        for key in self._requires:
            if key not in tokens:
                return None
        if self._aliases:
            self._adopt(tokens)
            if self.layout is not None:
                self._learn(self.layout.learn_keys(key for key, _ in pairs))
        return tokens or None

    def getter(self, key: Key) -> Getter:
        name = flat(str(key)) if self._aliases else str(key)
        if self._is_absent(name):
            return nothing

        def take(tokens: dict[str, Any]) -> str | None:
            text: str | None = tokens.get(name)
            if text and text[0] in "\"'" and text[-1] == text[0] and len(text) > 1:
                text = text[1:-1]
                return _UNESCAPE.sub(r"\1", text) if "\\" in text else text
            return text

        return take


class CefTokenizer(Tokenizer):
    """CEF: seven header fields parted by ``|``, then ``key=value`` (ArcSight CEF implementation standard, version 25)."""

    _head = re.compile(r"(?:CEF:\s?|^\s{0,8})\d{1,2}" + r"\|([^|\\]*+(?:\\.[^|\\]*+)*+)" * 6 + r"(?:\||$)")
    _extension = re.compile(
        r"(?:^|\s)([\w][\w.\-\[\]]*)=(.*?)(?=\s{1,16}[A-Za-z][\w.\-\[\]]{0,63}=|\s{0,16}$)", re.DOTALL
    )
    _shifted = re.compile(r"[^|=]{0,64}\|")
    _names = ("vendor", "product", "version", "class", "name", "severity")

    def __init__(self, family: Cef) -> None:
        super().__init__()
        self._device = re.compile(family.device, re.IGNORECASE)

    def is_of(self, device: str) -> bool:
        """Whether ``vendor|product`` is the format's."""
        return self._device.search(device) is not None

    def read(self, line: str) -> Row:
        head = self._head.search(line)
        if head is None or not self.is_of(f"{head[1]}|{head[2]}"):
            return None
        begin = head.end()
        # an empty field before the vendor's leaves one more before the pairs
        if not head[1] and (shifted := self._shifted.match(line, begin)) is not None:
            begin = shifted.end()
        pairs = self._extension.findall(line[begin:])
        pairs.reverse()
        tokens: dict[str, Any] = dict(pairs)
        for name, text in zip(self._names, head.groups(), strict=True):
            tokens[f"cef.{name}"] = text
        for key, text in pairs:
            if key.endswith("Label") and key[:-5] in tokens:
                tokens.setdefault(f"label.{text.strip()}", tokens[key[:-5]])
        return tokens

    def getter(self, key: Key) -> Getter:
        name = str(key)

        def take(tokens: dict[str, Any]) -> str | None:
            text: str | None = tokens.get(name)
            return _UNESCAPE.sub(r"\1", text) if text and "\\" in text else text

        return take


class LeefTokenizer(CefTokenizer):
    """LEEF 1.0 (tab) and 2.0 (delimiter in the sixth header field, as itself or as ``x09``); IBM QRadar LEEF guide."""

    _leef = re.compile(
        r"(?:LEEF:\s?|^\s{0,8})(\d)\.\d\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|(?:(0?x[0-9a-fA-F]{1,4}|[^|\w])?\|)?"
    )

    _piped = re.compile(r"\|\w{1,64}=")
    _escaped = re.compile(r"[^|#]{0,4096}#011")
    """Behind the first pair a tab as rsyslog writes it, which has escaped all of them then; elsewhere it is what somebody wrote."""

    def __init__(self, family: Leef) -> None:
        super().__init__(Cef(device=family.device))

    def read(self, line: str) -> Row:
        head = self._leef.search(line)
        if head is None or not self._device.search(f"{head[2]}|{head[3]}"):
            return None
        rest = line[head.end() :]
        if "#011" in rest and "\t" not in rest and self._escaped.match(rest) is not None:
            rest = rest.replace("#011", "\t")
        mark = head[6] or "\t"
        delimiter = chr(int(mark.lower().rpartition("x")[2], 16)) if "x" in mark.lower() and len(mark) > 1 else mark
        if (
            delimiter not in rest and self._piped.search(rest) is not None
        ):  # McAfee Web Gateway parts its pairs like the head
            delimiter = "|"
        if delimiter in rest:
            pairs = [
                (key.strip(), text)
                for key, found, text in (part.partition("=") for part in rest.split(delimiter))
                if found
            ]
        else:  # one pair only, or tabs that became blanks on the way
            pairs = self._extension.findall(rest)
        tokens: dict[str, Any] = dict(reversed(pairs))
        tokens |= {"leef.vendor": head[2], "leef.product": head[3], "leef.version": head[4], "leef.id": head[5]}
        return tokens


def _under_aliases(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """The values by the flat names of their keys, the first of each; and by what these are in English, where that is another name."""
    values = [_bare(text) for _, text in pairs]
    return {name: values[place] for name, place in _places_of(tuple(key for key, _ in pairs))}


@lru_cache(maxsize=64)
def _places_of(keys: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """The names in lines with these keys, each with the number of its pair."""
    found: dict[str, int] = {}
    for names in (map(flat, keys), map(in_english, keys)):
        for place, name in enumerate(names):
            found.setdefault(name, place)
    return tuple(found.items())


def _bare(text: str) -> str:
    """A value without what parts it from the next pair, and without the bracket that was opened before its key."""
    text = text.rstrip(",; ")
    return text[:-1] if text.endswith("]") and "[" not in text else text
