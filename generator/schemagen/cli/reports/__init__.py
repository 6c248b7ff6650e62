"""Every report as people and programs read it: text, JSON, Markdown, JUnit and GitHub's annotations."""
