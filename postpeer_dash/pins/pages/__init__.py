"""The pages of pins, each in a folder of its own: view, forms and context together."""
