package db

// Waiting tells how many writers wait for their turn on SQLite.
func (d *DB) Waiting() (people, jobs int) {
	d.turn.mu.Lock()
	defer d.turn.mu.Unlock()
	return len(d.turn.queues[0]), len(d.turn.queues[1])
}
