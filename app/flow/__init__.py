"""The flow engine: cases, tasks, actions, holds and effects."""
