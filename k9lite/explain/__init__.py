"""What is wrong with an object and why, what a change meant, in words. Pure functions."""
