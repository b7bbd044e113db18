"""Check Point Log Exporter in its formats ``syslog``, ``cef`` and ``leef``, and Harmony Email & Collaboration events.

``client_outbound_bytes`` (``sent_bytes`` in older blades) is what the client sent. ``time`` is the epoch. ``domain_name`` is a DNS
name only in some blades; in the audit log it is a management domain and has no dot. Updated logs of one connection share a ``loguid``.
"""

from shadowai.sources.logs.description import Cef, Json, KeyValue, Leef, LogFormat, Part, TimeOf, When

_DOC = "https://support.checkpoint.com/results/sk/sk144192"
_EXPORTER_DOC = "https://sc1.checkpoint.com/documents/R81/WebAdminGuides/EN/CP_R81_LoggingAndMonitoring_AdminGuide/Topics-LMG/Log-Exporter-Appendix.htm"
_BLOCKED = r"(?i)^(?:drop|block|reject|prevent|deny|redirect|quarantine|https inspect reject|failed log in)$"
_ALLOWED = r"(?i)^(?:accept|allow|detect|inform|encrypt|decrypt|monitor|bypass|https inspect|https bypass|vpn routing|ask user)$"
_EVENT = r"(?i)^(?:log (?:in|out)|failed log in|forgot passcode|key install|update|ctl|ip changed|system|client.*)$"
_OWN_EVENT = "an event of the gateway or its management, not use of a service"
_DOMAIN = r"^([\w-]+(?:\.[\w-]+)+)\.?$"

SYSLOG = LogFormat(
    name="checkpoint_syslog_kv",
    title="Check Point Log Exporter (syslog)",
    vendor="Check Point",
    doc=_DOC,
    kind="connection",
    family=KeyValue("colon_quoted"),
    line=r'^(?=.*?(?:^|[\[\s;])(?:loguid|origin|originsicname|ifdir|product|action):+")(?=.*?"; ?[A-Za-z_]\w*:+")',
    fields={
        "host": (
            "resource",
            "tls_server_host_name",
            "sni",
            "http_host",
            "dst_domain_name",
            Part("domain_name", _DOMAIN),
            "dns_query",
        ),
        "url": ("resource",),
        "user": ("src_user_name", "user", "src_user", "administrator"),
        "device": ("src_machine_name",),
        "client_ip": ("src", "client_ip", "endpoint_ip"),
        "server_ip": ("dst",),
        "server_port": ("service", "d_port"),
        "method": ("method", "http_method"),
        "action": ("action",),
        "bytes_up": ("client_outbound_bytes", "sent_bytes"),
        "bytes_down": ("client_inbound_bytes", "received_bytes"),
        "user_agent": ("user_agent", "web_client_type"),
    },
    time=(TimeOf(("time",)),),
    kinds=((When((("resource", r"."),)), "http_request"), (When((("dns_query", r"."),)), "dns_query")),
    blocked=(When((("action", _BLOCKED),)),),
    allowed=(When((("action", _ALLOWED),)),),
    uncounted=(
        When((("administrator", r"."),), _OWN_EVENT),
        When((("action", _EVENT),), _OWN_EVENT),
        When((("src", r"^$"), ("dst", r"^$"), ("resource", r"^$")), _OWN_EVENT),
    ),
    product="checkpoint",
)

CEF = LogFormat(
    name="checkpoint_cef",
    title="Check Point Log Exporter (CEF)",
    vendor="Check Point",
    doc=_EXPORTER_DOC,
    kind="connection",
    family=Cef(device=r"^Check ?Point\|"),
    fields={
        "host": (
            "request",
            "resource",
            "tls_server_host_name",
            "sni",
            "destinationDnsDomain",
            "dhost",
            "dst_domain_name",
            Part("domain_name", _DOMAIN),
        ),
        "url": ("request", "resource"),
        "user": ("suser", "src_user_name", "user", "administrator"),
        "device": ("shost", "src_machine_name"),
        "client_ip": ("src", "client_ip", "endpoint_ip"),
        "server_ip": ("dst",),
        "server_port": ("dpt", "service"),
        "method": ("requestMethod", "method"),
        "action": ("act", "action"),
        "bytes_up": ("client_outbound_bytes", "sent_bytes", "out"),
        "bytes_down": ("client_inbound_bytes", "received_bytes", "in"),
        "user_agent": ("requestClientApplication", "user_agent"),
    },
    time=(TimeOf(("rt",)), TimeOf(("start",)), TimeOf(("time",))),
    kinds=((When((("request", r"."),)), "http_request"), (When((("resource", r"."),)), "http_request")),
    blocked=(When((("act", _BLOCKED),)), When((("action", _BLOCKED),))),
    allowed=(When((("act", _ALLOWED),)), When((("action", _ALLOWED),))),
    uncounted=(
        When((("administrator", r"."),), _OWN_EVENT),
        When((("act", _EVENT),), _OWN_EVENT),
        When((("src", r"^$"), ("dst", r"^$"), ("request", r"^$")), _OWN_EVENT),
    ),
    product="checkpoint",
)

LEEF = LogFormat(
    name="checkpoint_leef",
    title="Check Point Log Exporter (LEEF)",
    vendor="Check Point",
    doc=_EXPORTER_DOC,
    kind="connection",
    family=Leef(device=r"^Check ?Point\|"),
    fields={
        "host": ("url", "resource", "tls_server_host_name", "sni", "dst_domain_name", Part("domain_name", _DOMAIN)),
        "url": ("url", "resource"),
        "user": ("usrName", "src_user_name", "user", "administrator"),
        "device": ("identHostName", "src_machine_name"),
        "client_ip": ("src", "client_ip"),
        "server_ip": ("dst",),
        "server_port": ("dstPort", "service"),
        "method": ("method",),
        "action": ("action", "rule_action"),
        "bytes_up": ("client_outbound_bytes", "srcBytes", "sent_bytes"),
        "bytes_down": ("client_inbound_bytes", "dstBytes", "received_bytes"),
        "user_agent": ("user_agent",),
    },
    time=(TimeOf(("devTime",)), TimeOf(("time",))),
    kinds=((When((("resource", r"."),)), "http_request"), (When((("url", r"."),)), "http_request")),
    blocked=(When((("action", _BLOCKED),)),),
    allowed=(When((("action", _ALLOWED),)),),
    uncounted=(When((("administrator", r"."),), _OWN_EVENT), When((("action", _EVENT),), _OWN_EVENT)),
    product="checkpoint",
)

_PAYLOAD = "event.entity.entity_payload"

EMAIL = LogFormat(
    name="checkpoint_hec_json",
    title="Check Point Harmony Email & Collaboration events",
    vendor="Check Point",
    doc="https://app.swaggerhub.com/apis-docs/Check-Point/harmony-email-collaboration-smart-api/",
    kind="api_call",
    family=Json(requires=(("event.security_event.entity_info.entity_type", ""),)),
    fields={
        "user": (f"{_PAYLOAD}.from_email", "event.security_event.saas_info.saas_actor_payload.email"),
        "client_ip": (f"{_PAYLOAD}.sender_client_ip", f"{_PAYLOAD}.sender_server_ip"),
        "action": ("event.security_event.security_event_action.0.action_type",),
    },
    time=(TimeOf(("event.security_event.time",)),),
    zone="utc",
    uncounted=(When((), "a finding about a mail or file, not use of a service"),),
    product="checkpoint_hec",
)

FORMATS = (SYSLOG, CEF, LEEF, EMAIL)
