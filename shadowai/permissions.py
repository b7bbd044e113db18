"""What a permission lets an application do, told from its name: whether it reaches what people write, and whether it may change it.

Names: https://learn.microsoft.com/graph/permissions-reference, https://developers.google.com/identity/protocols/oauth2/scopes,
https://docs.slack.dev/reference/scopes, https://docs.github.com/rest/authentication/permissions-required-for-github-apps.
A name that is not known here says nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

IDENTITY = frozenset(
    {"openid", "profile", "email", "user.read", "offline_access", "user:email", "read:user", "identify"}
)
"""Permissions to know who somebody is, which every sign-in asks for."""

_MICROSOFT = re.compile(
    r"(?:Mail|MailboxSettings|MailboxItem|MailboxFolder|Files|Sites|Chat|ChatMessage|ChannelMessage|Channel|Calendars|Notes|Tasks"
    r"|OnlineMeetings|OnlineMeetingTranscript|OnlineMeetingRecording|CallRecords|Contacts|AllSites|MyFiles|EWS|IMAP|POP|SMTP"
    r"|ExternalItem|TeamsActivity|SharePointTenantSettings)(?:\.[A-Za-z-]+)*\.(?:Read|ReadBasic|ReadWrite|Send|Manage|FullControl"
    r"|AccessAsUser|AccessAsApp|Selected|Create|Write)(?:\.[A-Za-z-]+)*",
    re.IGNORECASE,
)
_GOOGLE = re.compile(
    r"https://(?:mail\.google\.com/?|www\.googleapis\.com/auth/(?:gmail|drive|calendar|documents|spreadsheets|presentations|chat"
    r"|contacts|keep|tasks|meetings|forms|script|cloud-platform)(?:[./].*)?|www\.google\.com/(?:m8/feeds|calendar/feeds)/?.*)"
)
_SLACK = re.compile(
    r"(?:channels|groups|im|mpim|files|search|canvases|lists|reminders|chat|admin\.conversations)"
    r":(?:history|read|write)(?:[:.][a-z_.]+)*"
)
_GITHUB = re.compile(
    r"(?:contents|issues|pull_requests|discussions|repository_projects|wiki|actions|workflows|secrets|members):(?:read|write|admin)"
    r"|repo(?::[a-z_]+)?|read:org|gist"
)
_OTHER = frozenset({"full_access_as_user", "full_access_as_app", "mail.send"})
_WRITES = re.compile(
    r"ReadWrite|\bSend\b|\.Send|Manage\b|FullControl|AccessAs(?:User|App)|full_access|:write|:admin|\.Write\b|\.Create\b|:post",
    re.I,
)
_READS = re.compile(r"\.(?:[a-z]+\.)?readonly$|\.metadata$")


@functools.lru_cache(maxsize=8192)
def is_content(scope: str) -> bool:
    """Whether a permission reaches mail, files, chats, calendars, notes, meetings or code."""
    name = scope.strip()
    known = (_MICROSOFT, _GOOGLE, _SLACK, _GITHUB)
    return name.lower() in _OTHER or any(pattern.fullmatch(name) for pattern in known)


@functools.lru_cache(maxsize=8192)
def is_write(scope: str) -> bool:
    """Whether a permission lets content be changed, sent or removed. Google's are, unless they say that they are not."""
    if not is_content(scope):
        return False
    google = _GOOGLE.fullmatch(scope.strip()) is not None
    return not _READS.search(scope) if google else bool(_WRITES.search(scope)) or scope.strip() in ("repo", "gist")


def facts(scopes: Iterable[str]) -> frozenset[str]:
    """What permissions come to, in words: ``content``, ``write``, ``offline_access``."""
    held = set(scopes)
    found = {"content"} if any(map(is_content, held)) else set()
    found |= {"write"} if any(map(is_write, held)) else set()
    return frozenset(found | ({"offline_access"} if "offline_access" in held else set()))
