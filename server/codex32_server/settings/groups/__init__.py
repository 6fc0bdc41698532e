"""The settings by area, one file each, named as in `Settings`."""
