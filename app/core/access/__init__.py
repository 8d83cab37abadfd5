"""Who acts, and which rows the session lets them see."""
