"""What a person can do: each command is carried out on the session's models."""
