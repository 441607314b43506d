"""The front page of each experiment: its best runs over time, what two metrics cost each other, and its activity."""
