"""What a move proves, from two trees: the same code, the same names, nothing of a service left."""
