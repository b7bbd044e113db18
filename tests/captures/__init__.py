"""Captures made by hand, for tests of the reader and for samples: ``struct`` and, for keys and certificates, ``cryptography``.

``files`` writes pcap and pcapng; ``packets`` makes Ethernet, IP, TCP and UDP; ``conversations`` make them talk; ``tls``, ``quic`` and
``messages`` (DNS, HTTP, SOCKS, PROXY) are what they say. Everything is deterministic. A capture is a list of frames, each a time in
microseconds since 1970 and the bytes on the wire::

    talk = tcp("192.0.2.7", "198.51.100.9", 443).syn().send(hello("chatgpt.com"), mss=500).receive(b"...").fin()
    write_pcap(path, talk.frames)
"""
