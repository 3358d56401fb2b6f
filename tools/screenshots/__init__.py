"""Pictures of the dashboard: `make screenshots` takes the README's, `ARGS=--all` every page there is.

Each picture holds the page whole, in a window as high as the page is. Two runs of one commit give the same pictures,
pixel by pixel, so that `ARGS="--compare BEFORE AFTER"` shows what a change has changed. Only `seed` knows the product
from inside; everything else goes by addresses, since those stay.
"""
