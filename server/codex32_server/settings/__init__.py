"""What an operator may set: `model` declares, `loading` reads, `describing` explains. Only `main` asks."""
