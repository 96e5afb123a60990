"""What must survive a restart: recordings, jobs, their tasks and who works on them. The only part that knows SQL."""
