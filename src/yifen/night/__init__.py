"""End of day 日终: steps, proof, statements, and the pages that show a night."""
