"""The other side: an agent bank and a treasury, processes of their own. They know the wire alone."""
