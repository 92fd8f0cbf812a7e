"""Words of the issuing bank: cards and swipes, as XML and as fixed-width files; all bytes, no database."""
