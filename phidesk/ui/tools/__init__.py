"""The page Tools: what the model may use, made in forms."""
