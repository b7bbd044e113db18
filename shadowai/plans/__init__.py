"""Plans for a person to act on breaches, with their side effects. Nothing here blocks or revokes (docs/policy.md)."""
