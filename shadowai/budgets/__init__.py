"""Budgets: limits on use, risk and unread input, and the exit code for pipelines that exceed them (docs/budgets.md)."""
