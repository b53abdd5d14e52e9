"""How everything looks: colours and sizes in one place, turned into a palette, fonts, icons and one style sheet."""
