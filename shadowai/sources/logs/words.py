"""Words by which logs say that a request was blocked, and that it was let through, in the languages of :mod:`.abroad`.

A word may be denied itself: ``not blocked`` says neither, ``not allowed`` is blocked.
"""

from __future__ import annotations

from typing import Final

_DENIALS = (
    "not", "no", "never", "if", "would", "would be", "would have been", "nicht", "pas", "non", "n\u00e3o", "nao", "niet", "nie", "inte",
)  # fmt: skip
_NOT = "".join(f"(?<!{word}[ _-])" for word in _DENIALS)
_BUT = r"(?!\W{0,3}(?:user\W)?(?:overrid|bypass)|\s?[:=]\s?(?:false|no|0)\b)"
_DENIED = r"(?:し|され)?(?:てい)?(?:ない|ませ|なかっ|ず|なし)"
"""Japanese: what is put behind a word to deny it."""
_WITHOUT = rf"(?!{_DENIED}|解除|対象外|回避)"
_NEVER = r"(?!\s?(?:안|되지|하지|해제|않))"
"""Korean, the same."""

_BLOCKED = (
    r"block(?:ed)?|den(?:y|ied)|drop(?:ped)?|discard(?:ed)?|reject(?:ed)?|refused?|reset|prevent(?:ed)?|quarantined?|forbidden|"
    r"terminated?|gesperrt|blockiert|geblockt|verweigert|abgelehnt|abgewiesen|verworfen|untersagt|verboten|"
    r"bloqu(?:\u00e9|e|\u00e9e|ead[oa])|refus\u00e9e?|rejet\u00e9e?|interdite?|denegad[oa]|rechazad[oa]|prohibid[oa]|"
    r"negad[oa]|recusad[oa]|rejeitad[oa]|proibid[oa]|bloccat[oa]|negat[oa]|rifiutat[oa]|vietat[oa]|respint[oa]|"
    r"geblokkeerd|geweigerd|verboden|zablokowan[aeoy]|odrzucon[aeoy]|zabronion[aeoy]|odm\u00f3wiono|blockera[dt]|neka[dt]"
)
_ALLOWED = (
    r"allow(?:ed)?|accept(?:ed)?|pass(?:ed)?|permit(?:ted)?|observed|success(?:ful)?|ok|zugelassen|erlaubt|gestattet|"
    r"autoris\u00e9e?|accept\u00e9e?|permise?|permitid[oa]|aceptad[oa]|autorizad[oa]|aceit[oa]|consentit[oa]|permess[oa]|"
    r"autorizzat[oa]|accettat[oa]|toegestaan|zezwolon[aeoy]|zezwolono|dozwolon[aeoy]|till\u00e5te[nt]"
)
_REFUSED = (
    r"(?:not|never|nicht|pas|non?|n\u00e3o|nao|niet|nie|inte)[ _-](?:been )?(?:allow|permi|zugelassen|erlaubt|gestattet|autori|"
    r"accep|acep|consentit|toegestaan|zezwol|dozwol|till\u00e5te)|disallow"
)
_BLOCKED_EAST = (
    r"(?=[拒ブ遮禁規不非未許阻拦拒封攔불비미차거허])(?:"
    rf"(?:拒否|ブロック|遮断|禁止|規制){_WITHOUT}|[不非未]許可|許可(?={_DENIED})|"
    rf"(?<![不未])(?:阻止|拦截|拒绝|阻断|封堵|攔截|拒絕|阻擋)|[不未]允[许許]|(?<!미)차단{_NEVER}|거부{_NEVER}|불허|[비미]허용|허용(?=\s?(?:안|되지|하지|않)))"
)
_ALLOWED_EAST = rf"(?=[許允허])(?:(?<![不非未])許可{_WITHOUT}|(?<![不未])允[许許]|(?<![불비미])허용{_NEVER})"

BLOCK_WORDS: Final = rf"(?i)(?:^|[^a-z])(?=[a-z])(?:{_NOT}(?:{_BLOCKED})(?![a-z]){_BUT}|{_REFUSED})|{_BLOCKED_EAST}"
"""What an action says that blocked."""
ALLOW_WORDS: Final = rf"(?i)(?:^|[^a-z])(?=[a-z]){_NOT}(?:{_ALLOWED})(?![a-z]){_BUT}|{_ALLOWED_EAST}"
"""What an action says that let through."""

_PLAIN = r"(?i)^\s{{0,8}}(?:{})\s{{0,8}}$"
BLOCKED_STATUS: Final = _PLAIN.format(
    r"blocked|denied|dropped|rejected|gesperrt|blockiert|geblockt|bloqu\u00e9e?|refus\u00e9e?|bloquead[oa]|denegad[oa]|negad[oa]|"
    r"bloccat[oa]|geblokkeerd|geweigerd|zablokowan[aeoy]|odrzucon[aeoy]|拒否|ブロック|遮断|拦截|阻断|拒绝|차단"
)
"""A status is mostly a number or a state of something else: of words only those that mean nothing besides."""
ALLOWED_STATUS: Final = _PLAIN.format(
    r"allowed|permitted|zugelassen|erlaubt|autoris\u00e9e?|permitid[oa]|consentit[oa]|toegestaan|zezwolon[aeoy]|dozwolon[aeoy]|"
    r"許可|允许|허용"
)
