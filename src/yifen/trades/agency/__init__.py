"""The credit union's agency 银电通: admission, companies' deposits, cheques in exchange, commission, day end."""
