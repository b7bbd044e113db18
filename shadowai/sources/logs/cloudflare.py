"""Descriptions of log formats."""

FORMATS = ()
