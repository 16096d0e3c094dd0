"""The command is killed, answers are lost and stores fail; still every job is executed exactly once."""
