"""The built-in engine: llama.cpp in a child process of ours."""
