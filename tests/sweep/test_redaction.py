"""What is hidden, and what stays readable."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from shadowai.sweep.redaction import HIDDEN, RedactedRecords, Redactor

JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
PEM = "-----BEGIN PRIVATE KEY-----\nTUlJRXZRSUJBREFOQmdrcWhraUc5\nAnotherLineOfTheKey\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"got {JWT} from", JWT),
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ("Authorization: SSWS 00abcdefghij", "00abcdefghij"),
        ("?$deltatoken=xyz123&$top=1", "xyz123"),
        ("?%24skiptoken=xyz123&x=1", "xyz123"),
        ("client_secret=xyz123&grant", "xyz123"),
        ("client_assertion=a.b.c", "a.b.c"),
        ('{"access_token": "xyz 123"}', "xyz 123"),
        ('{"refresh_token":"xyz123"}', "xyz123"),
        ("pageToken=xyz123", "xyz123"),
        ("code=xyz123", "xyz123"),
        ("key sk-ant-admin01-abcdefgh", "sk-ant-admin01-abcdefgh"),
        ("xoxp-1234-5678", "xoxp-1234-5678"),
        ("ghs_abcdefghij", "ghs_abcdefghij"),
        ("ya29.abcdefgh", "ya29.abcdefgh"),
        (PEM, "AnotherLineOfTheKey"),
        ("-----BEGIN PRIVATE KEY-----\nTUlJRXZRSUJB", "TUlJRXZRSUJB"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, secret: str) -> None:
    assert secret not in Redactor()(text) and HIDDEN in Redactor()(text)


@pytest.mark.parametrize(
    "text",
    [
        "403 Authorization_RequestDenied: Insufficient privileges to complete the operation.",
        "the token has expired; basic checks failed",
        "code: quotaExceeded",
        "ask for DelegatedPermissionGrant.Read.All (81b4724a-58aa-41c1-8a55-84ef97466587)",
        '{"code": "InvalidAuthenticationToken"}',
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert Redactor()(text) == text


def test_known_secrets_are_hidden_wherever_they_stand() -> None:
    made = Redactor()
    made.hide("swordfish")
    made.hide(PEM)
    made.hide(json.dumps({"type": "service_account", "private_key": PEM, "private_key_id": "0123456789" * 4}))
    text = made(f"swordfishes AnotherLineOfTheKey {'0123456789' * 4} service_account PRIVATE")
    assert text == f"{HIDDEN}es {HIDDEN} {HIDDEN} service_account PRIVATE"


def test_short_ones_do_not_hide_every_text() -> None:
    made = Redactor()
    made.hide("a")
    made.hide("")
    assert made("a banana") == "a banana"


@pytest.fixture
def records() -> Iterator[Redactor]:
    """What records of libraries are redacted by."""
    redactor = Redactor()
    made = RedactedRecords(redactor)
    yield redactor
    made.stop()


@pytest.mark.parametrize("name", ["urllib3.connectionpool", "msal.oauth2cli.oauth2", "google.auth.transport.requests"])
def test_what_any_module_of_a_library_logs_has_no_secret_in_it(
    records: Redactor, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    records.hide("swordfish")
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger(name)
    logger.debug('"GET %s" %d %s', "/x?$deltatoken=xyz123", 200, "swordfish")
    try:
        raise ValueError("swordfish")
    except ValueError:
        logger.warning("failed", exc_info=True)
    assert caplog.messages == [f'"GET /x?$deltatoken={HIDDEN}" 200 {HIDDEN}', "failed"]
    assert "swordfish" not in caplog.text and f"ValueError: {HIDDEN}" in caplog.text


def test_records_of_others_and_later_ones_are_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = logging.getLogRecordFactory()
    outer, inner = RedactedRecords(Redactor()), RedactedRecords(Redactor())
    logging.getLogger("an.application").debug("password=%s", "swordfish")
    outer.stop()  # not the last to begin
    inner.stop()
    logging.getLogger("msal.application").debug("password=%s", "swordfish")
    logging.setLogRecordFactory(before)
    assert caplog.messages == ["password=swordfish"] * 2
