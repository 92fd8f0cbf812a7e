"""托收: a biller's demand against a large user's account, paid unless he refuses it in its days."""
