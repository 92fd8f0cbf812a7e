"""The pages of reminders: the payer's and the console's."""
