"""One answer: choose an engine, fit, ask, stream, save. Knows no window."""
