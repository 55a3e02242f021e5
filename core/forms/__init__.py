"""Choice of the form in which decoder and super-resolution run on this machine, by a short trial at the start."""
