"""Children of ours: started, watched, and ended with everything they started."""
