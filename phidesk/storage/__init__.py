"""What is remembered: conversations and the program's state in one SQLite file, keys in the system's keyring."""
