"""A syslog server that folds what it is sent into an inventory: UDP, TCP and TLS (docs/incremental.md)."""
