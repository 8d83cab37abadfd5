"""What tests share: databases, the application, people, a browser. Real parts only."""
