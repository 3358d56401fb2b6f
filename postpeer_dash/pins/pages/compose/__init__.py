"""The page on which a pin is composed: a new pin, or a draft."""
