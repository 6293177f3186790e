package mail

import "time"

// Pause is pause, for tests.
func Pause(attempt int) time.Duration { return pause(attempt) }

// GiveUp is giveUp, for tests.
const GiveUp = giveUp
