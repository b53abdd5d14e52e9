"""The page Help: what PhiDesk is about, and all keys."""
