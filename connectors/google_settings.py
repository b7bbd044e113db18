"""The settings of a Google Workspace tenant, checked, and the addresses of Google's services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shadowai.errors import UsageError
from shadowai_connectors.rest import path, root

SETTINGS: Mapping[str, str] = {
    "administrator": "address of the administrator that the service account acts for (a custom role is enough)",
    "key?": "the service account's JSON key, by reference",
    "service_account?": "address of the service account, where there is no key: Google signs for whoever may ask it to",
    "federation?": "workload identity federation's JSON (external_account) or a user's (authorized_user), by reference;"
    " without it, the identity of the machine in Google Cloud",
    "client_id?": "numeric id of the service account, for what doctor prints; a key holds it",
    "customer?": "the customer id (C…), or my_customer",
    "tier?": "minimal, standard or deep: which signals",
    "tokens_list?": 'true asks tokens.list too; its scope "user.security" may also delete tokens',
    "endpoint?": "https address that stands for all of Google's hosts: a gateway or a test server",
}
"""What each setting means."""

_ADDRESS = re.compile(r"[^@\s/%]+@([A-Za-z0-9.-]+)")
_CUSTOMER = re.compile(r"C[A-Za-z0-9]+|my_customer")


@dataclass(frozen=True, slots=True)
class Roots:
    """Where Google's services are, without a slash at the end."""

    admin: str = "https://admin.googleapis.com"
    chrome: str = "https://chromemanagement.googleapis.com"
    token: str = "https://oauth2.googleapis.com"
    exchange: str = "https://sts.googleapis.com"
    signer: str = "https://iamcredentials.googleapis.com"
    metadata: str = "http://169.254.169.254"


@dataclass(frozen=True, slots=True)
class Account:
    """What the settings say, checked. ``how`` is how tokens are come by."""

    administrator: str
    how: Literal["key", "federation", "machine"]
    service_account: str
    client_id: str
    customer: str
    tenant: str
    roots: Roots


def account(settings: Mapping[str, str]) -> Account:
    """The settings, checked. Raises :class:`~shadowai.errors.UsageError` for what is missing or contradicts itself."""
    administrator = settings.get("administrator", "")
    found = _ADDRESS.fullmatch(administrator)
    if found is None:
        raise UsageError("administrator is not an address", remedy='administrator = "auditor@your-domain"')
    customer = settings.get("customer", "my_customer")
    if not _CUSTOMER.fullmatch(customer):
        raise UsageError("customer is not a customer id", remedy="admin.google.com, Account, Account settings: C…")
    how, service_account = _how(settings)
    tenant = customer if customer != "my_customer" else found[1].lower()
    client_id = settings.get("client_id", "")
    return Account(administrator, how, service_account, client_id, customer, tenant, _roots(settings))


def _how(settings: Mapping[str, str]) -> tuple[Literal["key", "federation", "machine"], str]:
    service_account = settings.get("service_account", "")
    if "key" in settings:
        if "federation" in settings or service_account:
            raise UsageError("key, and federation or service_account, contradict each other", remedy="leave key out")
        return "key", ""
    if not _ADDRESS.fullmatch(service_account):
        remedy = 'key = "file:…", or service_account = "name@project.iam.gserviceaccount.com"'
        raise UsageError("there is neither a key nor a service account's address", remedy=remedy)
    return "federation" if "federation" in settings else "machine", service_account


def _roots(settings: Mapping[str, str]) -> Roots:
    if not settings.get("endpoint"):
        return Roots()
    endpoint = root(settings, "endpoint")
    if path(endpoint):
        raise UsageError("endpoint is not an https address of a host alone", remedy='endpoint = "https://host:port"')
    return Roots(*[endpoint] * 6)
