"""What `python -m kuchipaku` can do, one file each."""
