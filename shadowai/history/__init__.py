"""What earlier runs have found, in a database: what is new, gone, returned or changed since, and why (docs/history.md).

``place`` says which database, ``store`` opens it, ``remember`` puts a run into it, ``compare`` tells two runs apart. Only ``tables``,
``migrations`` and ``store`` need SQLAlchemy; import them where a history is used.
"""
