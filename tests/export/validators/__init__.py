"""Exports before the validators of those who made the formats: schemas, field lists and parsers that are published on npm and PyPI.

``python -m tests.export.validators`` installs what is missing into a cache folder outside of the repository, and runs these tests. They are
part of every run of the suite on a machine that has it; elsewhere the end of the run says what was not tested.
"""
