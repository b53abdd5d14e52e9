"""The page Health: what works, what does not and what mends it, where PhiDesk connected to, and what engines said."""
