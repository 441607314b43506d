"""What is likely for one person, and how surely."""
