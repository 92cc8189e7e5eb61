"""Version control: refs, log, working set, merging, rewriting, stashes, remotes."""
