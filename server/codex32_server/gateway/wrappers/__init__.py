"""What stands around a provider: each file is one ability around one of two small interfaces (`contract`)."""
