"""What pages share, and the pages about core and hub."""
