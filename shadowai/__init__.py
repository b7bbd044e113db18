"""shadowai finds the use of AI services in logs, captures and SaaS tenants, and writes it down as an inventory."""

__version__ = "0.1.0"
