"""Issues as other trackers export them: GitHub, GitLab, Linear, Jira. No I/O."""
