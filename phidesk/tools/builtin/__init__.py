"""The tools that come with the program, one file each; catalogue.py lists them."""
