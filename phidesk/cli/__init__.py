"""The services without a window: ask, conversations, doctor, self-test."""
