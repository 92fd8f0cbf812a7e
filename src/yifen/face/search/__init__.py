"""Global search: any number, name or amount leads to the thing, within who asks may see (decision 0022)."""
