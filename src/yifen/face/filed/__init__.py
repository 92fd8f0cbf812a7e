"""Files that people hand in, CSV or Excel: read row by row, kept sealed, given back with what is wrong."""
