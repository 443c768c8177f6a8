"""Spreadsheets into the core's forms. Used when a form is checked or published, never for a turn of a conversation."""
