"""What a training leaves for people to read: documents made from results, written by nobody here."""
