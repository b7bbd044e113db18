"""Hosts, URLs, users and addresses in one canonical form, so that the same thing met twice is the same text.

Everything here is a pure function of its argument. What cannot be made canonical gives ``None``: a value is never
guessed, and a name from a log is hostile until it has been through here.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

NULLS = frozenset(
    {"", "-", "--", "none", "n/a", "na", "(empty)", "null", "nil", "unknown", "undefined", "unmapped user", "(null)"}
)
"""What products write for "no value", in lower case (after stripping blanks and quotes)."""

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")
_WIRE = re.compile(r"\((\d{1,2})\)")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/{2,}")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0]")
_CODES = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_IP_PORT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){3})[:#/](?:[0-9]{0,5})?(?:[:/].*)?")
_PLAIN_ADDRESS = re.compile(
    r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}"
)
_MASKED = re.compile(r"[0-9]{1,3}\.(?:[0-9xX*]{1,3}\.){2}[0-9xX*]{1,3}")
_ESCAPED = re.compile(r"((?:\\[0-9a-fA-F]{2})+)|\\(.)", re.DOTALL)
_BLANKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_QUOTES = _BLANKS + "\"'"
_MARGINS = _QUOTES + "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
_MAILBOX = re.compile(r"[^<>]{0,512}<([^\s<>@]{1,256}@[^\s<>@]{1,253})>$")
_CLAIM = re.compile(r"i:0[^|\s]{1,4}\|(?:[^|]{1,64}\|)?([^|]{1,512})$", re.IGNORECASE)
_AROUND = " <>()[]{}*?!.,;"
_SPACED = re.compile(r"[\s_-]+")
_CARD = re.compile(r"[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}")
_MACHINE = re.compile(r"host/([a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?)(?:@[a-z0-9_.-]{1,253})?")
_PLAIN_USER = re.compile(r"(?:[a-z0-9._-]+\\)?[a-z][a-z0-9._-]*|[a-z][a-z0-9._-]*@[a-z0-9._-]+")
_LONGEST_PLAIN = 128
_CARD_DIGITS = 12
_ROUNDS = 8
_MAX_USER = 2048
_MAX_HOST = 253  # RFC 1035, section 2.3.4, without the root dot

_NOBODY_WORDS = """
    anonymous|anonymous user|anonymous logon|anonymous login|unauthenticated|unauthenticated user|not authenticated|no authentication|
    no authentication required|unidentified|unidentified user|unknown user|user unknown|unknown username|no user|nouser|no username|
    no user name|not logged in|not logged on|not available|not applicable|not found|not set|unspecified|guest|guest user|nobody|
    unbekannt|unbekannter benutzer|unbekannter nutzer|anonym|anonymer benutzer|nicht angemeldet|nicht authentifiziert|
    nicht verfügbar|kein benutzer|k.a|k. a|n. a|gast|
    inconnu|utilisateur inconnu|anonyme|utilisateur anonyme|non authentifié|non identifié|non disponible|aucun|aucun utilisateur|invité|
    desconocido|usuario desconocido|anónimo|usuario anónimo|no autenticado|no identificado|no disponible|ninguno|invitado|sin usuario|
    desconhecido|usuário desconhecido|utilizador desconhecido|anônimo|usuário anônimo|não autenticado|não identificado|não disponível|
    nenhum|convidado|
    sconosciuto|utente sconosciuto|anonimo|utente anonimo|non autenticato|non identificato|non disponibile|nessuno|ospite|n.d|n/d|
    onbekend|onbekende gebruiker|anoniem|niet aangemeld|niet beschikbaar|niet geauthenticeerd|
    nieznany|nieznany użytkownik|anonimowy|nieuwierzytelniony|gość|brak|okänd|okänd användare|gäst|ej inloggad|
    неизвестно|неизвестен|неизвестный|неизвестный пользователь|аноним|анонимный|анонимный пользователь|гость|не определен|не авторизован|
    bilinmiyor|bilinmeyen|bilinmeyen kullan\u0131c\u0131|anonim|misafir|
    不明|不明なユーザー|未認証|未ログイン|匿名|匿名ユーザー|ゲスト|なし|
    未知|未知用户|匿名用户|访客|来宾|游客|未认证|未认证用户|无|未知使用者|匿名使用者|訪客|未認證|無|
    알 수 없음|미상|익명|익명사용자|익명 사용자|게스트|미인증|없음|
    n.a|#n/a|s-1-0-0|s-1-1-0|s-1-5-7|00000000-0000-0000-0000-000000000000
"""
_NOBODY = frozenset(word.strip() for word in _NOBODY_WORDS.split("|"))
"""Words for nobody in a user's place, in the languages in which columns are understood, in small letters, without brackets and a last full
stop; and the identifiers of nobody, everybody and an anonymous logon (Microsoft: Well-known SIDs)."""
_JOINERS = str.maketrans("", "", " ._-")
_MAY_BE_NOBODY = frozenset(word.translate(_JOINERS) for word in _NOBODY | NULLS)
"""The same, and the spellings of "no value", without what may part or end their words: a name that is none of these is somebody's."""


class Url(NamedTuple):
    """A URL taken apart: ``text`` is the URL without its query, fragment and user info."""

    text: str
    host: str | None
    port: int | None
    path: str


def is_null(text: str) -> bool:
    """True for the spellings that products use for "no value"."""
    return text.strip().strip('"').lower() in NULLS


def host(text: str) -> str | None:
    """The canonical host of a name as logs write it, or ``None``.

    Lower case, IDNA A-labels (RFC 5890), without trailing dot, port, brackets, scheme, path or user info. Addresses
    come back in their shortest form (RFC 5952). DNS wire labels as Microsoft prints them, ``(7)chatgpt(3)com(0)``,
    are joined. A leading ``*.`` of a certificate name is dropped.
    """
    name = text.strip(_QUOTES).lower()
    if not name or name in NULLS:
        return None
    if len(name) <= _MAX_HOST and _HOST.fullmatch(name):  # the usual case; an all-numeric name needs the long way
        return name if not name[-1].isdigit() else _numeric(name)
    if name[0] == "(":
        return _from_wire(name)
    name = _authority(name).rsplit("@", 1)[-1].strip(_QUOTES)
    if name.startswith("["):
        return _address(name[1:].partition("]")[0])
    if name.count(":") == 1:
        name = name.partition(":")[0]
    elif ":" in name:
        return _address(name)
    name = name.removeprefix("*.").rstrip(".")
    return _ascii(name)


def url(text: str) -> Url | None:
    """A URL or scheme-less ``host/path`` taken apart; ``None`` where no host can be made out.

    Schemes such as ``tunnel://``, ``ssl://`` and ``tcp://`` are accepted; a path alone (``/index.html``) has no host
    and gives ``None``. The query is dropped here, once, so that nothing behind it can ever match or leak.
    """
    raw = text.strip(_QUOTES)
    raw = raw[: _first(raw, "?#")].rstrip(_QUOTES)
    if not raw or raw[0] == "/" or raw.lower() in NULLS:
        return None
    scheme = _SCHEME.match(raw)
    rest = raw[scheme.end() :] if scheme else raw
    slash = rest.find("/")
    authority, path = (rest, "") if slash < 0 else (rest[:slash], rest[slash:])
    authority = authority.rsplit("@", 1)[-1].strip(_QUOTES)
    name = host(authority)
    if name is None:
        return None
    path = _CODES.sub(_percent, path)
    shown = f"{scheme.group().lower() if scheme else ''}{_CODES.sub(_percent, authority)}{path}"
    return Url(shown, name, port(authority), path)


def port(authority: str) -> int | None:
    """The port of ``host:port`` or ``[v6]:port``; ``None`` where there is none."""
    tail = authority.rpartition("]")[2] if authority.startswith("[") else authority
    if tail.count(":") != 1:
        return None
    digits = tail.rpartition(":")[2]
    return (
        int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 and 0 < int(digits) < 65536 else None
    )


@lru_cache(1 << 14)  # clients come again and again
def address(text: str) -> str | None:
    """The canonical IP address (RFC 5952) of what a log writes for one, or ``None``.

    Brackets, zone ids, ports and interface names packed behind it (``10.0.0.1:4522:X0``) are dropped, an IPv4
    address mapped into IPv6 comes back as IPv4. Text that only has the shape of an IPv4 address (anonymised logs
    write ``172.888.1.2`` or ``10.1.2.x``) is kept as written: it still tells clients apart.
    """
    raw = text.strip(_QUOTES)
    if raw.startswith("["):
        raw = raw[1:].partition("]")[0]
    packed = _IP_PORT.fullmatch(raw)
    if packed:
        raw = packed.group(1)
    found = _address(raw)
    if found is None and _MASKED.fullmatch(raw):
        return raw.lower()
    return found


def user(text: str) -> str | None:
    """The canonical user: ``corp\\\\jdoe``, ``jdoe@example.com`` or ``jdoe``, in lower case; ``None`` for no user.

    Windows and mail names compare without regard to case, so they are folded. Letters are composed (NFC, UAX #15), for some systems,
    macOS among them, write an accent apart: what is canonically the same is the same name. ``DOMAIN\\\\user@realm`` (Cisco WSA)
    loses the realm; an LDAP DN or URL gives its CN, a mailbox (``Jane Doe <jdoe@example.com>``, RFC 5322) its address, a claim of
    SharePoint's (``i:0#.f|membership|jdoe@example.com``) what it says. Machine accounts (``host$``) are devices, not users: see
    :func:`device_account`. An address or a word for nobody (``anonymous``) is no user; what is masked (``*****``) is left as it is, for
    a person is behind it. A control character within a name is written as in a URL (``x%09b``): left out, it would make somebody
    else's name of two pieces.
    """
    return folded if _is_plain(folded := text.lower()) else _unwrapped(text)


def device_account(text: str) -> str | None:
    """The machine behind an Active Directory machine account, else ``None``: ``CORP\\\\PC17$`` and ``PC17$@CORP.EXAMPLE`` (Kerberos)
    give ``pc17``, ``host/pc17.example.com`` its name; so does the address of a network card, where machines are known by it."""
    name = _unrealmed(_CODES.sub(_percent, text.strip(_MARGINS)).lower())
    if name.endswith("$"):
        return name.rpartition("\\")[2][:-1].strip(_MARGINS) or None
    return _machine(name)


def printable(text: str) -> str:
    """``text`` with every control, bidirectional and unassigned character escaped: safe for a terminal or a line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def _percent(code: re.Match[str]) -> str:
    return "%" + code[0].encode("latin-1").hex().upper()


def _first(text: str, stops: str) -> int:
    found = [i for i in (text.find(s) for s in stops) if i >= 0]
    return min(found) if found else len(text)


def _authority(name: str) -> str:
    scheme = _SCHEME.match(name)
    if scheme:
        name = name[scheme.end() :]
    return name[: _first(name, "/?#")]


def _numeric(name: str) -> str | None:
    """A name whose last label ends in a digit: an IPv4 address, or a host that no public name can be."""
    found = _address(name)
    if found is not None:
        return found
    return None if name.rpartition(".")[2].isdigit() and "." in name else name


def _address(text: str) -> str | None:
    if _PLAIN_ADDRESS.fullmatch(text):
        return text
    try:
        found = ipaddress.ip_address(text.partition("%")[0])  # a zone id is no part of the address, and any text at all
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def _from_wire(name: str) -> str | None:
    labels = [part for part in _WIRE.split(name)[2::2] if part]
    return _ascii(".".join(labels))


def _ascii(name: str) -> str | None:
    if not name or len(name) > 4 * _MAX_HOST or _CONTROL.search(name):
        return None
    if not name.isascii():
        import idna

        try:
            name = idna.encode(name, uts46=True).decode("ascii").rstrip(".")
        except (idna.IDNAError, UnicodeError):
            return None
    if len(name) > _MAX_HOST or not _HOST.fullmatch(name):
        return None
    return name if not name[-1].isdigit() else _numeric(name)


def _is_plain(folded: str) -> bool:
    """Whether a name in small letters is a person's at first sight, as nearly all are: nothing but what account names are made of, no
    word for nobody, and not as long as the address of a network card."""
    if len(folded) > _LONGEST_PLAIN or not _PLAIN_USER.fullmatch(folded):
        return False
    account = folded.rpartition("\\")[2].replace(".", "").replace("_", "").replace("-", "")
    return len(account) != _CARD_DIGITS and account not in _MAY_BE_NOBODY


def _unwrapped(text: str) -> str | None:
    """The user in ``text``, whatever it is wrapped in."""
    name = text if len(text) <= _MAX_USER else ""
    for _ in range(_ROUNDS):  # a name within a name within a name is hostile
        found = _user(name)
        if found == name or found is None:
            return found
        name = found
    return None


def _user(text: str) -> str | None:
    name = unicodedata.normalize("NFC", _CODES.sub(_percent, text.strip(_MARGINS)))
    folded = name.lower()
    if folded in NULLS or _unrealmed(folded).endswith("$"):
        return None
    if folded.startswith(("ldap://", "ldaps://", "winnt://")):
        name = _last_dn_part(name)
    elif folded.startswith(("cn=", "uid=", "ou=", "dc=")):
        name = _common_name(name)
    elif name.endswith(">") or folded.startswith("i:0"):
        found = _MAILBOX.match(name) or _CLAIM.match(name)
        name = found[1] if found is not None else name
    name = re.sub(r"\\{2,}", r"\\", name)
    if "\\" in name and "@" in name:
        name = name.partition("@")[0]
    name = name.lower().rstrip("@")
    return None if _is_no_person(name) or _unrealmed(name).endswith("$") else name


def _is_no_person(name: str) -> bool:
    """Whether ``name`` is an address, a machine's or a word for nobody. A word counts only where it is all of a name: ``guest2`` is
    somebody, and so is a domain's account ``corp\\guest``."""
    domain, _, account = name.rpartition("\\")
    if account in NULLS or name == "\\n":  # MySQL and PostgreSQL write NULL so
        return True
    bare = account.strip(_AROUND)
    if not any(map(str.isalnum, bare)):
        return "*" not in account
    if bare in NULLS:
        return True
    if bare in _NOBODY or _SPACED.sub(" ", bare) in _NOBODY:
        return not (domain and bare == "guest")
    may_be_address = ":" in account or account[0].isdigit() or account[0] == "["
    return (may_be_address and address(account) is not None) or _machine(name) is not None


def _machine(name: str) -> str | None:
    """The machine that ``name``, in small letters, is the account of: the address of a network card, by which machines are let in, or
    the principal ``host/pc17.example.com`` (RFC 4120, section 6.2.1)."""
    if _CARD.fullmatch(name):
        return name
    found = _MACHINE.fullmatch(name)
    return found[1] if found is not None else None


def _unrealmed(name: str) -> str:
    """A machine account without the Kerberos realm behind it; other names as they are."""
    account, mark, _ = name.partition("$@")
    return f"{account}$" if mark else name


def _last_dn_part(name: str) -> str:
    """``LDAP://host OU=…,DC=…/Jane Doe`` (Forcepoint) gives ``Jane Doe``; a DN behind the scheme gives its CN."""
    tail = name.rpartition("/")[2]
    return _common_name(tail) if "=" in tail else tail


def _common_name(name: str) -> str:
    found = re.search(r"(?i)(?:^|[,/\s])(?:cn|uid)=((?:\\.|[^,\\/])+)", name)
    return _ESCAPED.sub(_unescaped, found.group(1)).strip() if found else ""


def _unescaped(found: re.Match[str]) -> str:
    """A DN's escape undone: a character, or bytes of UTF-8 in hexadecimal (RFC 4514, section 2.4)."""
    return found[2] or bytes.fromhex(found[1].replace("\\", "")).decode("utf-8", "replace")
