"""What is asked of cases: queues, overviews, monitoring, how records once were."""
