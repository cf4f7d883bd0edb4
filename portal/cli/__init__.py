"""The door the person at the machine comes in by: the `portal` command."""
