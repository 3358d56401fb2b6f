"""Read what a file is from its bytes alone; a name and a browser's word count for nothing."""
