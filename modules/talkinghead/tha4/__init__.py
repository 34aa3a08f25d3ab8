"""Talking-Head-Anime 4 characters: each has two small networks of its own, distilled from the full system."""
