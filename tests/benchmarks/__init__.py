"""How fast the program is, beside what it aims at: `python3 dev.py bench`. Prints, and never fails for a time."""
