"""The page Models: what is here, what can be had, and how it comes and goes."""
