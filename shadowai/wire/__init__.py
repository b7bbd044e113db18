"""Bytes to fields: what protocols say on the wire. Pure functions, no input or output, nothing remembered."""
