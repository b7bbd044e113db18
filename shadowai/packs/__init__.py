"""Packs: signed archives of signatures, built by one party and put in force by another (``docs/packs.md``)."""
