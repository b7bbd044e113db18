"""Olfeo SaaS's live log: one object a request or look-up. Its gateway on site writes the common log format (``squid_common``).

``user_sent_bytes`` came from the user, ``user_received_bytes`` went to it; ``type`` is ``proxy`` or ``dns``; times are epoch
milliseconds. Source: https://docs.sekoia.io/integration/categories/network_security/olfeo_saas/.
"""

from shadowai.sources.logs.description import Json, LogFormat, TimeOf, When

SAAS = LogFormat(
    name="olfeo_saas_json",
    title="Olfeo SaaS live log (JSON)",
    vendor="Olfeo",
    doc="https://docs.sekoia.io/integration/categories/network_security/olfeo_saas/",
    kind="http_request",
    family=Json(
        requires=(
            ("domain", ""),
            ("user_sent_bytes", ""),
            ("user_received_bytes", ""),
            ("timestamp", r"^\d{10,13}$"),
            ("category_label|theme_label|policy_name", ""),
        )
    ),
    fields={
        "host": ("url", "domain"),
        "url": ("url",),
        "user": ("display_name", "external_id"),
        "client_ip": ("src_ip",),
        "server_ip": ("dest_ip",),
        "method": ("http_method",),
        "action": ("action",),
        "bytes_up": ("user_sent_bytes",),
        "bytes_down": ("user_received_bytes",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=12,
    kinds=((When((("type", r"^dns$"),)), "dns_query"),),
    blocked=(When((("action", r"(?i)^(?:block|deny|den|forbid)"),)),),
    allowed=(When((("action", r"(?i)^allow"),)),),
    product="olfeo",
)

FORMATS = (SAAS,)
