"""What was tried, what each run is worth, and what was best beyond chance."""
