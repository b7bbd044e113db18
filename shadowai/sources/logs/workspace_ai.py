"""Google Workspace's logs of its own AI products, as activities of the Reports API: Gemini in Workspace apps and NotebookLM.

That the log is the product's own says what was used; its host is put together as the product's address. What Gemini did by itself
(``action`` has ``proactive``, or begins with ``suggest_`` or ``generate_starter_``) is no use of it by whoever looked on. An activity
has one or several events, whose parameters are a list of names and values.
Source: https://developers.google.com/workspace/admin/reports/v1/appendix/activity/gemini-in-workspace-apps.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

_ACTION = "events.parameters.action|events.0.parameters.action"
_EVENT = "events.name|events.0.name"

GEMINI = LogFormat(
    name="google_gemini_audit",
    title="Gemini in Workspace apps and NotebookLM, audit log of Google Workspace (JSON)",
    vendor="Google",
    doc="https://developers.google.com/workspace/admin/reports/v1/appendix/activity/gemini-in-workspace-apps",
    kind="api_call",
    family=Json(
        requires=(
            ("id.applicationName", r"^gemini_(?:in_workspace_apps|notebook)$"),
            ("id.time", r"^\d{4}-"),
            (_EVENT, ""),
        )
    ),
    fields={
        "host": (
            Part("id.applicationName", r"^gemini_in_workspace_apps()$", into="gemini.google.com"),
            Part("id.applicationName", r"^gemini_notebook()$", into="notebooklm.google.com"),
        ),
        "user": ("actor.email",),
        "client_ip": ("ipAddress",),
        "action": (_ACTION, _EVENT),
    },
    time=(TimeOf(("id.time",)),),
    zone="utc",
    rank=13,
    uncounted=(
        When(
            ((_ACTION, r"proactive|^(?:generate_starter_|suggest_)"),),
            "what Gemini did by itself, not asked by anybody",
        ),
    ),
    rows=("events",),
    product="google_gemini_audit",
)

FORMATS = (GEMINI,)
