"""The claim loop: takes runs and jobs from the queue, drives them, reports back. Knows no HTTP."""
