"""The documented rates, how each is measured, and fitting the model to them."""
