"""Who may come in and what they may do: accounts, sign-in, sessions, roles, grants."""
