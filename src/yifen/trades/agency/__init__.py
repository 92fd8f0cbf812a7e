"""The credit union's agency 银电通: admission, deposits of the company, cheques in the exchange, commission, end of day."""
