"""``shadowai watch`` on a real interface, with real clients: ``make test-live``, on Linux and as root.

Two network namespaces are joined by a virtual cable. In one are servers (:mod:`tests.live.servers`) and the watch, in the other
openssl, curl, dig and Chromium, as far as they are installed. No packet leaves the machine.
"""
