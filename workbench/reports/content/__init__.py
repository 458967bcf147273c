"""What pages say of a run: facts, results, methods, checklists and plain words, written from its record."""
