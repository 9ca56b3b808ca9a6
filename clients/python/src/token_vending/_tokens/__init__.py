"""The tokens that are held, and the requests under way for others."""
