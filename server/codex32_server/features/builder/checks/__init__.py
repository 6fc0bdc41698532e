"""Looking at a bot without running it. One file a check; each answers with findings and imports nothing."""
