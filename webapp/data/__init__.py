"""What we are looking at, where it is from, and what cleaning changed."""
