"""The teller desk 柜面: transaction codes, forms and keys over the counter's operations."""
