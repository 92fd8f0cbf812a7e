"""Facts and small rules that every wing uses: money, days, codes, settings, secrets."""
