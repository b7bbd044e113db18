"""Budgets: how much use, risk and ignorance is put up with, and what a pipeline does about more (docs/budgets.md)."""
