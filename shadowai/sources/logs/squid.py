"""Squid's access logs. Source: https://wiki.squid-cache.org/Features/LogFormat and the ``logformat`` directive."""

from shadowai.sources.logs.description import Blank, LogFormat, Part, Pattern, TimeOf, When

_DOC = "https://www.squid-cache.org/Doc/config/logformat/"
_AUTH_LEG = When((("status", r"/407$"), ("user", r"^-?$")), "proxy authentication leg (407); the retry is counted")

NATIVE = LogFormat(
    name="squid_native",
    title="Squid access.log (native)",
    vendor="Squid",
    doc=_DOC,
    kind="http_request",
    family=Blank(at_least=9),
    line=r"^\d{9,10}\.\d{3}\s+-?\d+ \S+ [A-Z_]+/\d{3} -?\d+ \S+ \S+ \S+ [A-Z_]+/\S+",
    fields={
        "host": (7,),
        "url": (7,),
        "user": (8,),
        "client_ip": (3,),
        "server_ip": (Part(9, r"/(.+)"),),
        "method": (6,),
        "action": (Part(4, r"^([A-Z_]+)"),),
        "bytes_down": (5,),
        "user_agent": (12,),
    },
    time=(TimeOf((1,)),),
    zone="utc",
    blocked=(When(((4, r"^TCP_DENIED(?!.*/407$)"),)),),
    allowed=(When(((4, r"^(?!TCP_DENIED|NONE)"),)),),
    uncounted=(
        When(((4, r"/407$"), (8, r"^-$")), "proxy authentication leg (407); the retry is counted"),
        When(((7, r"^error:"),), "no request was made"),
    ),
    product="squid",
)

FORMATS = (NATIVE,)
