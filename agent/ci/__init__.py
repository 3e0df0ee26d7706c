"""The PR bot: a failed run of continuous integration gets one comment that is worth reading."""
