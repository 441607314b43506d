"""The run table as a file: every run or group that it finds, sent while it is read."""
