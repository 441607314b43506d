"""What stands beside an answer: why, what if, like this one; its link, and another answer to compare it with."""
