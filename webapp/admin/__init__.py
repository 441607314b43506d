"""What runs, what failed, and who may do what."""
