"""Sweeps of SaaS tenants: a connector says what to ask, the session asks it, the runner sees to it that nothing is lost.

A sweep is tasks, a task is pages; a page, its cursor and its items are committed together (:mod:`~shadowai.sweep.store`), so that
a sweep killed at any point goes on where it was. All sockets are in :mod:`~shadowai.sweep.transport`, behind the list of allowed
requests (:mod:`~shadowai.sweep.allowlist`).
"""
