"""The page of one conversation: transcript, composer and what belongs to them."""
