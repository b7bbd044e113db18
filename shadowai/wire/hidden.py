"""Names behind which others hide: the outer ones of encrypted hellos, and resolvers that are asked over an encrypted connection or in
clear by HTTP."""

from __future__ import annotations

ECH_PUBLIC_NAMES = frozenset(
    {
        "cloudflare-ech.com",
        "public.tls-ech.dev",
        "cover.defo.ie",
        "ech-public.com",
        "encryptedsni.com",
        "ech.cloudflare.com",
    }
)
"""Outer names of client-facing servers (RFC 9849, section 6.1): Cloudflare's, and those of the public test servers. Others are
learnt from the ECH configurations in the capture's own HTTPS records."""

ENCRYPTED_DNS = frozenset(
    {
        *("dns.google", "dns64.dns.google", "dns.google.com", "8888.google"),
        *("cloudflare-dns.com", "one.one.one.one", "1dot1dot1dot1.cloudflare-dns.com", "mozilla.cloudflare-dns.com"),
        *("chrome.cloudflare-dns.com", "security.cloudflare-dns.com", "family.cloudflare-dns.com"),
        *("dns.quad9.net", "dns9.quad9.net", "dns10.quad9.net", "dns11.quad9.net", "dns12.quad9.net"),
        *("doh.opendns.com", "dns.opendns.com", "doh.familyshield.opendns.com", "doh.umbrella.com", "dns.umbrella.com"),
        *("dns.nextdns.io", "firefox.dns.nextdns.io", "chromium.dns.nextdns.io", "anycast.dns.nextdns.io"),
        *("dns.adguard-dns.com", "dns.adguard.com", "family.adguard-dns.com", "unfiltered.adguard-dns.com"),
        *("doh.cleanbrowsing.org", "security-filter-dns.cleanbrowsing.org", "family-filter-dns.cleanbrowsing.org"),
        *("dns.mullvad.net", "base.dns.mullvad.net", "all.dns.mullvad.net", "doh.mullvad.net"),
        *("freedns.controld.com", "dns.controld.com", "doh.dns.sb", "dot.sb", "doh.sb", "dns.digitale-gesellschaft.ch"),
        *(
            "doh.libredns.gr",
            "dot.libredns.gr",
            "dns.njal.la",
            "anycast.uncensoreddns.org",
            "unicast.uncensoreddns.org",
        ),
        *("doh.applied-privacy.net", "dot1.applied-privacy.net", "dnsforge.de", "dns0.eu", "zero.dns0.eu"),
        *("doh.xfinity.com", "odvr.nic.cz", "private.canadianshield.cira.ca", "protected.canadianshield.cira.ca"),
        *("dns.alidns.com", "doh.pub", "dot.pub", "doh.360.cn", "dot.360.cn", "dns.twnic.tw", "public.dns.iij.jp"),
        *("doh.dns.apple.com", "doh-proxy.dns.apple.com", "basic.rethinkdns.com", "sky.rethinkdns.com"),
        *(
            "httpdns.aliyuncs.com",
            "resolvers-cn.httpdns.aliyuncs.com",
            "httpdns-sc.aliyuncs.com",
            "httpdns.n.netease.com",
            "httpdns.baidubce.com",
        ),
        *("223.5.5.5", "223.6.6.6", "119.29.29.29", "203.107.1.1", "203.107.1.97", "203.107.1.100", "180.76.76.112"),
    }
)
"""Resolvers that are asked over HTTPS, TLS or QUIC (RFC 8484, 7858, 9250), or in clear by HTTP (HTTPDNS of Alibaba, Tencent and
Baidu, at addresses of their own). From the list of publicly available servers in the curl project's wiki ("DNS over HTTPS"),
the providers of Firefox and Chromium, and the operators' own pages. The list is no signature: it only tells that look-ups hide."""
