"""What AI services themselves tell of who used them: exports of OpenAI, Anthropic, GitHub Copilot, Cursor, Amazon Q and Databricks.

That a record is the service's own says what was used; its host is put together as the service's address. Records of what happened by
itself, of sign-ins that failed and of who never signed in are no use by anybody. Sources stand at each.
"""

from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, Part, TimeOf, When


def _in(holder: str, *paths: str) -> str:
    """The first of ``paths`` that a record has, within an answer that lists records under ``holder``, or by itself."""
    return "|".join(f"{within}{path}" for path in paths for within in (f"{holder}.0.", f"{holder}.", ""))


_SESSION = (_in("data", "actor.type"), r"^session$")
OPENAI_AUDIT = LogFormat(
    name="openai_audit",
    title="OpenAI API platform audit log (JSON)",
    vendor="OpenAI",
    doc="https://platform.openai.com/docs/api-reference/audit-logs",
    kind="api_call",
    family=Json(
        requires=(
            (_in("data", "object"), r"^organization\.audit_log$"),
            (_in("data", "effective_at"), r"^\d"),
            (_in("data", "type"), r"^[a-z]"),
        )
    ),
    fields={
        "host": (
            Part(_in("data", "object"), r".()", (_SESSION,), "platform.openai.com"),
            Part(_in("data", "object"), r".()", into="api.openai.com"),
        ),
        "user": (
            _in("data", "actor.session.user.email", "actor.api_key.user.email"),
            _in("data", "actor.session.user.id", "actor.api_key.user.id"),
        ),
        "client_ip": (_in("data", "actor.session.ip_address"),),
        "action": (_in("data", "type"),),
        "user_agent": (_in("data", "actor.session.user_agent"),),
    },
    time=(TimeOf((_in("data", "effective_at"),)),),
    zone="utc",
    rank=14,
    uncounted=(When(((_in("data", "type"), r"^(?:login\.failed|logout\.)"),), "a sign-in that failed, or a sign-out"),),
    rows=("data",),
    product="openai",
)
"""Who acts in a session is in the platform's pages, who acts with a key asks the API; a service account's key has no person."""

CHATGPT_CONVERSATIONS = LogFormat(
    name="chatgpt_conversations",
    title="ChatGPT Enterprise conversations (Compliance API, JSON)",
    vendor="OpenAI",
    doc="https://chatgpt.com/admin/api-reference#tag/Compliance-API-Conversations",
    kind="api_call",
    family=Json(
        requires=(
            (_in("data", "object"), r"^compliance\.workspace\.conversation$"),
            (_in("data", "user_id", "user_email"), "."),
        )
    ),
    fields={
        "host": (Part(_in("data", "object"), r".()", into="chatgpt.com"),),
        "user": (_in("data", "user_email"), _in("data", "user_id")),
        "action": (_in("data", "object"),),
    },
    time=(
        TimeOf(("message.created_at",)),
        TimeOf((_in("data", "last_active_at"),)),
        TimeOf((_in("data", "created_at"),)),
    ),
    zone="utc",
    rank=14,
    uncounted=(When((("message.author.role", r"^(?!user$)."),), "an answer or a tool's result, not asked by anybody"),),
    rows=("data",),
    product="chatgpt",
)
"""A record is a conversation up to its last activity; collectors that part it give each message one (``message``)."""

_PERSON = ("actor.type", r"^user_actor$")
_OF_CLAUDE = r"^claude_()"
_OF_CONSOLE = r"^(?:platform|workspace|service|admin_api_key|api_key)_()"
CLAUDE_ACTIVITIES = LogFormat(
    name="claude_activities",
    title="Claude activities (Anthropic's Compliance API, JSON)",
    vendor="Anthropic",
    doc="https://platform.claude.com/docs/en/api/compliance/activities/list",
    kind="api_call",
    family=Json(
        requires=(("id", r"^activity_"), ("created_at", r"^\d{4}-"), ("type", r"^[a-z_]+$"), ("actor.type", r"_actor$"))
    ),
    fields={
        "host": (Part("type", _OF_CLAUDE, into="claude.ai"), Part("type", _OF_CONSOLE, into="platform.claude.com")),
        "user": (Part("actor.email_address", r"(.+)", (_PERSON,)), Part("actor.user_id", r"(.+)", (_PERSON,))),
        "client_ip": ("actor.ip_address",),
        "action": ("type",),
        "user_agent": ("actor.user_agent",),
    },
    time=(TimeOf(("created_at",)),),
    zone="utc",
    rank=14,
    uncounted=(
        When(
            (("actor.type", r"^(?!user_actor$)"),),
            "an action of a key, of a directory, of Anthropic, or of nobody signed in",
        ),
        When((("type", r"_failed$"),), "an action that failed"),
        When(
            (("type", rf"^(?!claude_|{_OF_CONSOLE[1:-2]})"),), "administration or a sign-in, which tells of no product"
        ),
    ),
    product="claude",
)
"""An address that nobody signed in with (``unauthenticated_email_address``) is what somebody typed, and names no person."""

_NEVER = r"(?i)^(?:none|null|)$"
_NO_USE = "a licence that was not used in 90 days"
COPILOT_SEATS = LogFormat(
    name="github_copilot_seats",
    title="GitHub Copilot seats with each person's last activity (API, JSON)",
    vendor="GitHub",
    doc="https://docs.github.com/en/rest/copilot/copilot-user-management",
    kind="api_call",
    family=Json(
        requires=(
            (_in("seats", "assignee.login"), "."),
            (_in("seats", "created_at"), r"^\d"),
            (
                _in("seats", "plan_type", "last_activity_editor", "last_authenticated_at", "pending_cancellation_date"),
                "",
            ),
        )
    ),
    fields={
        "host": (Part(_in("seats", "last_activity_at"), r"^\d()", into="api.githubcopilot.com"),),
        "user": (_in("seats", "assignee.login"),),
        "action": (_in("seats", "last_activity_editor"),),
    },
    time=(TimeOf((_in("seats", "last_activity_at"),)),),
    zone="utc",
    rank=14,
    uncounted=(When(((_in("seats", "last_activity_at"), _NEVER),), _NO_USE),),
    rows=("seats",),
    product="github_copilot",
)

COPILOT_ACTIVITY = LogFormat(
    name="github_copilot_activity",
    title="GitHub Copilot activity report (CSV)",
    vendor="GitHub",
    doc="https://docs.github.com/en/copilot/reference/metrics-data",
    kind="api_call",
    family=CsvHeader(columns=("login", "last_activity_at", "last_surface_used")),
    fields={
        "host": (Part("last_activity_at", r"^\d()", into="api.githubcopilot.com"),),
        "user": ("login",),
        "action": ("last_surface_used",),
    },
    time=(TimeOf(("last_activity_at",)),),
    zone="utc",
    rank=14,
    uncounted=(When((("last_activity_at", _NEVER),), _NO_USE),),
    product="github_copilot",
)

CURSOR_USAGE = LogFormat(
    name="cursor_usage",
    title="Cursor usage events of a team (Admin API, JSON)",
    vendor="Cursor",
    doc="https://cursor.com/docs/account/teams/admin-api",
    kind="api_call",
    family=Json(
        requires=(
            (_in("usageEvents", "userEmail", "serviceAccountId"), "."),
            (_in("usageEvents", "model"), "."),
            (_in("usageEvents", "timestamp"), r"^\d{13}$"),
            (_in("usageEvents", "isTokenBasedCall", "requestsCosts"), ""),
        )
    ),
    fields={
        "host": (Part(_in("usageEvents", "model"), r".()", into="api2.cursor.sh"),),
        "user": (_in("usageEvents", "userEmail"),),
        "action": (_in("usageEvents", "model"),),
    },
    time=(TimeOf((_in("usageEvents", "timestamp"),)),),
    zone="utc",
    rank=14,
    rows=("usageEvents",),
    product="cursor",
)

CURSOR_CSV = LogFormat(
    name="cursor_usage_csv",
    title="Cursor usage of a person or a team (CSV export)",
    vendor="Cursor",
    doc="https://cursor.com/docs/account/teams/dashboard",
    kind="api_call",
    family=CsvHeader(columns=("Date", "Kind", "Model", "Max Mode")),
    fields={
        "host": (Part("Model", r".()", into="api2.cursor.sh"),),
        "user": ("User",),
        "action": ("Model",),
    },
    time=(TimeOf(("Date",)),),
    zone="utc",
    rank=14,
    product="cursor",
)

_CHAT, _LINE = "generateAssistantResponseEventRequest", "generateCompletionsEventRequest"
AMAZON_Q = LogFormat(
    name="amazon_q_prompts",
    title="Amazon Q Developer and Kiro prompt log (JSON)",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/q-admin-prompt-log-examples.html",
    kind="api_call",
    family=Json(
        requires=((f"{_CHAT}.userId|{_LINE}.userId", "."), (f"{_CHAT}.timeStamp|{_LINE}.timeStamp", r"^\d{4}-"))
    ),
    fields={
        "host": (Part(f"{_CHAT}.userId|{_LINE}.userId", r".()", into="q.region.amazonaws.com"),),
        "user": (f"{_CHAT}.userId|{_LINE}.userId",),
        "action": (f"{_CHAT}.chatTriggerType", Part(f"{_LINE}.timeStamp", r".()", into="completion")),
    },
    time=(TimeOf((f"{_CHAT}.timeStamp|{_LINE}.timeStamp",)),),
    zone="utc",
    rank=14,
    product="amazon_q",
)
"""The user is the number that IAM Identity Center has of a person; the region is in the file's path only."""

DATABRICKS_SERVING = LogFormat(
    name="databricks_serving_usage",
    title="Databricks model serving usage (CSV of the table system.serving.endpoint_usage)",
    vendor="Databricks",
    doc="https://docs.databricks.com/aws/en/admin/system-tables/model-serving",
    kind="api_call",
    family=CsvHeader(columns=("databricks_request_id", "requester", "request_time", "served_entity_id")),
    fields={
        "host": (
            Part("databricks_request_id", r".()", into="https://workspace.cloud.databricks.com/serving-endpoints"),
        ),
        "url": (
            Part("databricks_request_id", r".()", into="https://workspace.cloud.databricks.com/serving-endpoints"),
        ),
        "user": ("requester",),
        "action": ("status_code",),
    },
    time=(TimeOf(("request_time",)),),
    zone="utc",
    rank=14,
    product="databricks",
)
"""A workspace is told by its number, its address is not."""

FORMATS = (
    OPENAI_AUDIT,
    CHATGPT_CONVERSATIONS,
    CLAUDE_ACTIVITIES,
    COPILOT_SEATS,
    COPILOT_ACTIVITY,
    CURSOR_USAGE,
    CURSOR_CSV,
    AMAZON_Q,
    DATABRICKS_SERVING,
)
