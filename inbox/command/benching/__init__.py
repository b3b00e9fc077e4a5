"""What `tregua bench` measures. Every figure is a ratio to floors measured in the same run."""
