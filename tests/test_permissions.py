"""Permissions: what reaches content, what may change it, and names that say nothing."""

from __future__ import annotations

import pytest

from shadowai.permissions import facts, is_content, is_write

READ = (
    "Mail.Read", "Mail.Read.Shared", "Files.Read.All", "Sites.Read.All", "Chat.Read", "ChannelMessage.Read.All", "Calendars.Read",
    "Notes.Read.All", "OnlineMeetingTranscript.Read.All", "https://www.googleapis.com/auth/drive.readonly",
    "https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/calendar.events.readonly",
    "https://www.googleapis.com/auth/drive.metadata.readonly", "channels:history", "files:read", "contents:read", "read:org",
)  # fmt: skip
WRITE = (
    "Mail.ReadWrite", "Mail.Send", "Files.ReadWrite.All", "Sites.FullControl.All", "EWS.AccessAsUser.All", "full_access_as_app",
    "https://mail.google.com/", "https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/drive.file",
    "https://www.googleapis.com/auth/calendar", "chat:write", "contents:write", "repo",
)  # fmt: skip
NEITHER = (
    "openid", "User.Read", "offline_access", "Directory.Read.All", "access_as_user", "https://www.googleapis.com/auth/userinfo.email",
    "users:read", "metadata:read", "", "Mail", "xMail.Read", "Mail.Read\n=cmd", "https://www.googleapis.com/auth/drivesomething",
    "https://evil.example/auth/drive",
)  # fmt: skip


@pytest.mark.parametrize("scope", READ)
def test_reading_content(scope: str) -> None:
    assert is_content(scope) and not is_write(scope)


@pytest.mark.parametrize("scope", WRITE)
def test_changing_content(scope: str) -> None:
    assert is_content(scope) and is_write(scope)


@pytest.mark.parametrize("scope", NEITHER)
def test_what_reaches_no_content(scope: str) -> None:
    assert not is_content(scope) and not is_write(scope)


def test_what_they_come_to() -> None:
    assert facts(["Mail.Read", "offline_access"]) == {"content", "offline_access"}
    assert facts(["repo"]) == {"content", "write"}
    assert facts([]) == frozenset()
