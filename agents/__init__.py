"""Who the people and employers are, and the rules by which they decide."""
