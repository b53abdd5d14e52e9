"""What runs the model. The only room that speaks HTTP; everything foreign becomes one of our errors here."""
