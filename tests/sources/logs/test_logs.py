"""The list of formats: complete, without doubles, and open to a user's own."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.pipeline import ScanOptions
from shadowai.sources import logs
from shadowai.sources.logs import DESCRIPTIONS, formats, formats_with
from shadowai.sources.logs.description import Cef, Leef, LogFormat

PRODUCTS = (
    "Barracuda|WAF", "Check Point|URL Filtering", "Cisco|Firepower", "Citrix|NetScaler", "F5|ASM", "Forcepoint|Security", "Forcepoint|NGFW",
    "Fortinet|Fortigate", "Gigamon|metadata", "Incapsula|SIEMintegration", "Infoblox|Data Connector", "Infoblox|NIOS",
    "McAfee|Web Gateway", "Netskope|Example", "Palo Alto Networks|LF", "SonicWall|NSa 4700", "Sophos|Sophos Central", "Trellix|MPS",
    "Illumio|PCE", "KasperskyLab|SecurityCenter", "Trend Micro|Apex Central", "Trend Micro|Deep Security Agent",
    "Trend Micro|Trend Micro Web Security", "Ubiquiti|UniFi Network", "UserGate|NGFW", "WatchGuard|XTM", "Zscaler|NSSWeblog", "Zscaler|ZPA",
)  # fmt: skip
"""``vendor|product`` as products write it, one at least for each format."""


def test_every_described_format_is_there_by_its_name() -> None:
    described = [fmt.name for module in DESCRIPTIONS for fmt in import_module(module).FORMATS]
    assert list(formats()) == described
    assert all(fmt.name == name for name, fmt in formats().items())


def test_formats_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        formats()["x"] = formats()["squid_native"]  # type: ignore[index]


def test_two_formats_of_one_name_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "DESCRIPTIONS", (DESCRIPTIONS[0], DESCRIPTIONS[0]))
    with pytest.raises(ValueError, match="two descriptions"):
        formats.__wrapped__()


def test_other_names_are_no_names_of_other_formats() -> None:
    names = set(formats())
    others = [other for fmt in formats().values() for other in fmt.same_as]
    assert not names & set(others)
    assert len(others) == len(set(others))


def test_without_folders_they_are_the_built_in_ones(tmp_path: Path) -> None:
    assert formats_with(()) is formats()
    assert dict(formats_with([tmp_path])) == dict(formats())


def _may_be(fmt: LogFormat, device: str) -> bool:
    family = fmt.family
    assert isinstance(family, Cef | Leef)
    return re.search(family.device, device, re.IGNORECASE) is not None


@pytest.mark.parametrize("kind", [Cef, Leef])
def test_what_reads_any_product_leaves_those_with_a_format_to_it(kind: type[Cef] | type[Leef]) -> None:
    general = formats()[f"{kind.__name__.lower()}_generic"]
    assert _may_be(general, "Acme|Proxy")
    for fmt in formats().values():
        if isinstance(fmt.family, kind) and fmt is not general:
            product = next(one for one in PRODUCTS if _may_be(fmt, one))
            assert not _may_be(general, product), fmt.name


def test_of_a_device_of_several_alternatives_each_is_left_to_its_format(tmp_path: Path) -> None:
    _own(tmp_path, "acme", "^Acme|Proxy$")
    _own(tmp_path, "other", "(?i)^other")
    general = formats_with([tmp_path])["cef_generic"]
    assert not any(_may_be(general, device) for device in ("Acme|x", "Foo|Proxy", "Other|x"))
    assert all(_may_be(general, device) for device in ("Foo|Acme", "Proxy|x", "An|Other"))


@pytest.mark.parametrize("device", ["(oops", "(?P<vendor>Acme)", "(?x)Ac me"])
def test_a_device_that_is_no_pattern_for_others_is_an_error(tmp_path: Path, device: str) -> None:
    _own(tmp_path, "acme", device)
    with pytest.raises(UsageError, match=r"acme\.toml"):
        formats_with([tmp_path])


def _own(folder: Path, name: str, device: str) -> None:
    (folder / f"{name}.toml").write_text(
        f'name = "{name}_cef"\nfamily = "cef"\noptions = {{device = "{device}"}}\ntime = [{{keys = ["rt"]}}]\n'
        '[fields]\nhost = "dhost"\nclient_ip = "src"\n'
    )


def test_the_products_of_ones_own_formats_are_left_to_them(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(
        'name = "acme_cef"\nfamily = "cef"\noptions = {device = "(?i)acme.*proxy"}\ntime = [{keys = ["rt"]}]\n'
        '[fields]\nhost = "dhost"\nclient_ip = "src"\n'
    )
    assert not _may_be(formats_with([tmp_path])["cef_generic"], "Acme|Web Proxy")
    assert _may_be(formats_with([tmp_path])["cef_generic"], "Acme|Firewall")


def test_what_is_forced_reads_every_product() -> None:
    assert _may_be(formats_with((), apart=False)["cef_generic"], "UserGate|NGFW")
    forced = ScanOptions(log_format="cef_generic").forced()
    assert forced is not None and _may_be(forced, "UserGate|NGFW")
