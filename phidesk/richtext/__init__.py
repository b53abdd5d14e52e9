"""Plain strings in, blocks out: what the markdown of an answer means, without any idea of how it looks. No Qt."""
