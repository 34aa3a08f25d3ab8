"""Talking-Head-Anime 3: one picture moved by the 45-parameter rig. Weights: Pramook Khungurn, CC BY 4.0."""
