"""Which columns say something about the result, and how much anyone can know from them."""
