"""The page on which a scheduled pin is changed."""
