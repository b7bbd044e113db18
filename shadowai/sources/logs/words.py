"""Words by which logs say that a request was blocked, and that it was let through, in the languages of :mod:`.abroad`.

A word may be denied itself: ``not blocked`` says neither, ``not allowed`` is blocked.
"""

from __future__ import annotations

import re
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
    r"terminated?|bloquear|denegar|rechazar|bloquer|refuser|blockieren|sperren|ablehnen|verwerfen|gesperrt|blockiert|geblockt|unterbunden|verweigert|abgelehnt|abgewiesen|verworfen|untersagt|verboten|"
    r"bloqu(?:\u00e9|e|\u00e9e|ead[oa])|refus\u00e9e?|rejet\u00e9e?|interdite?|denegad[oa]|rechazad[oa]|prohibid[oa]|"
    r"negad[oa]|recusad[oa]|rejeitad[oa]|proibid[oa]|bloccat[oa]|negat[oa]|rifiutat[oa]|vietat[oa]|respint[oa]|"
    r"geblokkeerd|geweigerd|verboden|zablokowan[aeoy]|odrzucon[aeoy]|zabronion[aeoy]|odm\u00f3wiono|blockera[dt]|neka[dt]|engellendi|reddedildi|blokeret|afvist|"
    r"blokkert|avvist|estetty|hyl\u00e4tty|z?a?blokov\u00e1n[oay]?|zam\u00edtnut[oay]?|letiltva|blokkolva|elutas\u00edtva"
)
_ALLOWED = (
    r"allow(?:ed)?|accept(?:ed)?|pass(?:ed)?|permit(?:ted)?|observed|success(?:ful)?|ok|permitir|autoriser|zulassen|erlauben|zugelassen|erlaubt|gestattet|durchgelassen|genehmigt|freigegeben|"
    r"liberad[oa]|toegelaten|izin verildi|"
    r"autoris[\u00e9e]e?|accept[\u00e9e]e?|permise?|permitid[oa]|aceptad[oa]|autorizad[oa]|aceit[oa]|consentit[oa]|permess[oa]|"
    r"autorizzat[oa]|accettat[oa]|toegestaan|zezwolon[aeoy]|zezwolono|dozwolon[aeoy]|till\u00e5te[nt]|tilladt|"
    r"tillatt|sallittu|povolen[oay]?|enged\u00e9lyezve"
)
_REFUSED = (
    r"(?:not|never|nicht|pas|non?|n\u00e3o|nao|niet|nie|inte)[ _-](?:been )?(?:allow|permi|zugelassen|erlaubt|gestattet|autori|"
    r"accep|acep|consentit|toegestaan|zezwol|dozwol|till\u00e5te)|disallow"
)
_CYRILLIC = "\u0430-\u044f\u0451"
_ALLOWED_RUSSIAN = (
    r"(?:\u0434\u043e\u0437\u0432\u043e\u043b|\u0440\u0430\u0437\u0440\u0435\u0448|\u0434\u043e\u043f\u0443\u0449|\u043f\u0440\u043e\u043f\u0443\u0449)"
    rf"[{_CYRILLIC}]{{0,12}}"
)
"""``разрешено``, ``допущено``, ``пропущено`` in all their endings; Ukrainian ``дозволено``."""
_BLOCKED_RUSSIAN = (
    rf"(?:(?:\u0437\u0430)?\u0431\u043b\u043e\u043a(?:\u0438\u0440|\u043e\u0432)|\u0437\u0430\u0431\u043e\u0440\u043e\u043d|\u0432\u0456\u0434\u0445\u0438\u043b|\u0437\u0430\u043f\u0440\u0435[\u0442\u0449]|\u043e\u0442\u043a\u043b\u043e\u043d|\u043e\u0442\u043a\u0430\u0437|"
    rf"\u043e\u0442\u0431\u0440\u043e\u0448)[{_CYRILLIC}]{{0,12}}"
)
"""``блокировано``, ``запрещено``, ``отклонено``, ``отказано``, ``отброшено``; Ukrainian ``заблоковано``, ``заборонено``,
``відхилено``."""
_NE = "\u043d\u0435"
_ALONE_RUSSIAN = rf"(?=[{_CYRILLIC}])(?<![{_CYRILLIC}])(?<!{_NE} )"
_BLOCKED_EAST = (
    r"(?=[拒ブ遮禁規不非未許阻拦拒封攔불비미차거허])(?:"
    rf"(?:拒否|ブロック|遮断|禁止|規制){_WITHOUT}|[不非未]許可|許可(?={_DENIED})|"
    rf"(?<![不未])(?:阻止|拦截|拒绝|阻断|封堵|封鎖|封锁|攔截|拒絕|阻擋)|[不未]允[许許]|(?<!미)차단{_NEVER}|거부{_NEVER}|불허|[비미]허용|허용(?=\s?(?:안|되지|하지|않)))"
)
_ALLOWED_EAST = (
    rf"(?=[許允허放通통])(?:(?<![不非未])許可{_WITHOUT}|(?<![不未])允[许許]|(?<![不未])(?:放行|通[过過])|"
    rf"(?<!미)통과{_NEVER}|(?<![불비미])허용{_NEVER})"
)


def _misread(words: dict[str, str]) -> str:
    r"""Whole words in the code pages of Japan, China, Korea and Russia, as they read where they were taken for Latin-1."""
    read = (word.encode(page).decode("latin-1") for page, some in words.items() for word in some.split())
    return rf"^\s{{0,8}}(?:{'|'.join(map(re.escape, read))})\s{{0,8}}$"


_BLOCKED_MISREAD = _misread({
    "cp932": "拒否 遮断 ブロック 禁止 規制 不許可", "gb18030": "拒绝 阻断 拦截 禁止 阻止 封堵", "big5": "封鎖 拒絕 阻擋 攔截",
    "cp949": "차단 차단됨 거부", "cp1251": "Заблокировано Заблокирован Блокировано Запрещено Запрещен Отклонено Отказано",
})  # fmt: skip
_ALLOWED_MISREAD = _misread({
    "cp932": "許可 通過", "gb18030": "允许 放行 通过", "big5": "允許 放行", "cp949": "허용 허용됨 통과",
    "cp1251": "Разрешено Разрешен Допущено Пропущено",
})  # fmt: skip
BLOCK_WORDS: Final = (
    rf"(?i)(?:^|[^a-z])(?=[a-z])(?:{_NOT}(?:{_BLOCKED})(?![a-z]){_BUT}|{_REFUSED})|{_BLOCKED_EAST}|"
    rf"{_ALONE_RUSSIAN}(?:{_BLOCKED_RUSSIAN}|{_NE} ?{_ALLOWED_RUSSIAN})|{_BLOCKED_MISREAD}"
)
"""What an action says that blocked."""
ALLOW_WORDS: Final = (
    rf"(?i)(?:^|[^a-z])(?=[a-z]){_NOT}(?:{_ALLOWED})(?![a-z]){_BUT}|{_ALLOWED_EAST}|"
    rf"{_ALONE_RUSSIAN}{_ALLOWED_RUSSIAN}|{_ALLOWED_MISREAD}"
)
"""What an action says that let through."""

_PLAIN = r"(?i)^\s{{0,8}}(?:{})\s{{0,8}}$"
BLOCKED_STATUS: Final = _PLAIN.format(
    r"block(?:ed)?|den(?:y|ied)|dropped|reject(?:ed)?|gesperrt|blockiert|geblockt|bloqu\u00e9e?|refus\u00e9e?|bloquead[oa]|denegad[oa]|negad[oa]|"
    r"bloccat[oa]|geblokkeerd|geweigerd|zablokowan[aeoy]|odrzucon[aeoy]|拒否|ブロック|遮断|拦截|阻断|拒绝|禁止|封鎖|차단|거부|\u0437\u0430\u0431\u043b\u043e\u043a\u0438\u0440\u043e\u0432\u0430\u043d[\u043e\u0430]?|"
    r"\u0431\u043b\u043e\u043a\u0438\u0440\u043e\u0432\u0430\u043d\u043e|\u0437\u0430\u043f\u0440\u0435\u0449\u0435\u043d[\u043e\u0430]?|\u043e\u0442\u043a\u043b\u043e\u043d\u0435\u043d[\u043e\u0430]?"
)
"""A status is mostly a number or a state of something else: of words only those that mean nothing besides."""
ALLOWED_STATUS: Final = _PLAIN.format(
    r"allow(?:ed)?|permit(?:ted)?|zugelassen|erlaubt|autoris\u00e9e?|permitid[oa]|consentit[oa]|toegestaan|zezwolon[aeoy]|dozwolon[aeoy]|"
    r"許可|允许|通过|放行|허용|\u0440\u0430\u0437\u0440\u0435\u0448\u0435\u043d[\u043e\u0430]?|\u043f\u0440\u043e\u043f\u0443\u0449\u0435\u043d[\u043e\u0430]?|\u0434\u043e\u043f\u0443\u0449\u0435\u043d[\u043e\u0430]?|liberad[oa]|permess[oa]"
)
