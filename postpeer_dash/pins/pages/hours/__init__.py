"""The page of pins whose hour moved because the rules of their time zone changed."""
