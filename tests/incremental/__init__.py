"""Tests of scans that go on where they ended."""
