"""Today 今日: what waits for whom, the first page of everybody; and how many it is beside the menu."""
