"""What a model may use: each tool described, permitted, run. No Qt, no HTTP, no SQLite."""
