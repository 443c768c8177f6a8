"""Forms: an XLSForm as data, and what follows from the answers so far. Pure: no files, no clock, no chance."""
