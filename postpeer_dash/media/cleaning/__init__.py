"""Take out what a file tells of its maker, by segment, chunk or box: the picture's own bytes stay as they are."""
