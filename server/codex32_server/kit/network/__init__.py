"""Names and addresses of the internet as untrusted text: pure rules, for all that dials out for others."""
