"""What a person does with the program, from beginning to end, with real engines."""
