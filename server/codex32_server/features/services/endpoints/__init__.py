"""/services, /incidents, and /s/…: managing services, and requests to them."""
