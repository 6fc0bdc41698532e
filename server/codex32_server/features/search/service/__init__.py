"""How the lists are made and become one."""
