"""The page Instructions: the library of instructions and snippets."""
