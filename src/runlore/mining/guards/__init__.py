"""Guards: the conditions that tell acts that should be done from those that should not, learned from what cases saw before."""
