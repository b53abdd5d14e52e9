"""Small controls that more than one page uses. They know the theme and nothing of conversations or engines."""
