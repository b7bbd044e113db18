"""Scans that go on where the last one ended: what is remembered of files, and how they are read on (docs/incremental.md)."""
