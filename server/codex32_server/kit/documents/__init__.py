"""Files to sections, sections to chunks. Pure; hostile files are read in `child`, a process of its own."""
