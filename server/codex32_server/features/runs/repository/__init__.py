"""Every query of runs, their logs, files and state. No decisions here: those are in `service`."""
