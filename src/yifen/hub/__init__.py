"""The verbs: payments, their doors, and the other sides that simulate and certify them."""
