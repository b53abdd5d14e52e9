"""Characters for formulas → the names of the commands that stand for them. Tables only, in the order of Unicode."""
