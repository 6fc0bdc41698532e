"""What starts runs: schedules now."""
