"""The layers of confinement, one file each."""
