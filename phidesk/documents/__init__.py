"""What lies in the person's own files, as text."""
