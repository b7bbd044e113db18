"""Where the connectors live: one module per SaaS product, installed as ``shadowai_connectors``.

A module here imports only ``shadowai.model``, ``shadowai.errors`` and ``shadowai.connector`` of ours, and the client
library of its product inside the functions that call it. It is found through its line under
``[project.entry-points."shadowai.connectors"]``; the program itself never imports this room.
"""
