package destination

// HealthOf returns the health that an error stands for, what is behind it in words, and false for an error that says nothing
// about the destination: one of this machine, its settings or the command line, or an interrupt.
func HealthOf(err error) (h Health, detail string, ok bool) { return healthOf(err) }
