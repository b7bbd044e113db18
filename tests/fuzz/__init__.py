"""Hostile input, made by machine: every reader of the wire, and whole captures through both engines.

``python -m tests.fuzz SECONDS`` (``make fuzz``) runs for a time; a few fixed rounds are part of the ordinary tests. An input is made
from a seed and a number alone, so that each can be made again: ``python -m tests.fuzz --seed S --at N KIND``. ``changes`` alters
bytes, ``frames`` alters captures by what they are made of, ``seeds`` is what is altered, ``wire`` and ``engines`` judge.
"""
