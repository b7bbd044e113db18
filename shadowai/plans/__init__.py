"""Plans: what a person may do about breaches, with what it would hit. Nothing here blocks or revokes (docs/policy.md)."""
