"""Servers that others wrote, for the connectors to prove themselves against: Prism on the vendors' specifications, and WireMock.

Needs Node, npm and Java; ``make test-emulators`` installs the rest into a cache folder outside of the repository.
"""
