"""SillyTavern-Extras' animator: its settings, its emotion templates, its motion, on a live character."""
