"""Hostile input, made by machine: every reader of the wire, whole captures through both engines, logs through both ways to fold them.

``python -m tests.fuzz SECONDS`` (``make fuzz``) runs for a time; a few fixed rounds are part of the ordinary tests. An input is made
from a seed and a number alone, so that each can be made again: ``python -m tests.fuzz --seed S --at N KIND``. ``changes`` alters
bytes, ``frames`` and ``logs`` alter captures and logs by what they are made of, ``seeds`` is what is altered, ``wire``, ``engines`` and
``folds`` judge.
"""
