"""What a connector sees when it plans."""

from __future__ import annotations

from pathlib import Path

from shadowai.sweep.store import Store
from shadowai.sweep.view import StoreView
from shadowai.tenant import App, Grant, Page, Task


def test_the_view(tmp_path: Path) -> None:
    store = Store(tmp_path / "t.sqlite")
    store.begin({})
    store.add([Task("a", "apps"), Task("b", "apps")])
    ai, other = App("p", "t", "1", "AI"), App("p", "t", "2", "Other")
    store.commit("a", Page((ai, other, Grant("p", "t", "g", "1", "delegated", "u")), mark="m"), 5)
    view = StoreView(store, "targeted", "ai", {"k": "v"}, 9, lambda app: app.name == "AI")
    assert list(view.apps()) == [ai, other] and [view.is_ai(app) for app in view.apps()] == [True, False]
    assert [grant.id for grant in view.grants()] == ["g"] and list(view.principals()) == ["u"]
    assert view.is_complete("a") and not view.is_complete("b") and not view.is_complete("c")
    assert (view.mark("a"), view.mark("b")) == ("m", None)
    assert (view.mode, view.scope, view.settings, view.now) == ("targeted", "ai", {"k": "v"}, 9)
