"""A folder a format: ``sample.*`` and, for each, ``<sample>.expected.jsonl`` with the records as read."""
