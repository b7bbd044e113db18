"""Decisions of people about assets: a tamper-evident log, and its effect on the next report (docs/decisions.md)."""
