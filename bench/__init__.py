"""Measurements: ``python -m bench`` (or ``make bench``). Ratios side by side in one run; never a test."""
