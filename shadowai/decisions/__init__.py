"""What people have decided about assets: a log that shows when it was changed, and what it says of the next report (docs/decisions.md)."""
