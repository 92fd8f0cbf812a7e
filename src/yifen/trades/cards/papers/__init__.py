"""Papers of a claim: what they are, and what an invoice's file says of it; all bytes, no database."""
