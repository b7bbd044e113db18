"""How risky an asset is, as a figure that explains itself (docs/risk.md).

Each factor asks one question of an entry, and gives points for the answer; where the answer is not known, the score is an interval.
The weights are data: ``weights.yaml``, which a user's own file may change.
"""
