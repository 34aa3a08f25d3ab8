"""The postprocessor of SillyTavern-Extras' animator: what a lens, a tape and a screen do to a picture."""
