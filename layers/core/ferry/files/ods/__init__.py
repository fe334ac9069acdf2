"""OpenDocument spreadsheets (.ods), read as the text that workbooks are read as."""
