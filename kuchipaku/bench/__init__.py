"""What `python -m kuchipaku bench` measures, one file for each kind of figure."""
