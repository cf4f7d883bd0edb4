"""The door the clock comes in by: the worker, its jobs, the dispatcher and the timetable."""
