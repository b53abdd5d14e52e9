"""The OpenAI protocol: what a server at an address speaks, and the built-in llama.cpp as well."""
