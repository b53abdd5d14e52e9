"""Values and rules that every other room shares; no Qt, no files, no sockets, no threads."""
