"""HTTP/1.1 to providers: checked addresses, kept connections, streams with back-pressure. Knows no model."""
