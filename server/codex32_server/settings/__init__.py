"""What an operator may set: `groups` declare, `model` gathers, `loading` reads, `describing` explains."""
