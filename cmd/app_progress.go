package cmd

// newProgress shows nothing yet but the lines.
func (a *App) newProgress(int) progress { return quietProgress{a} }

type quietProgress struct{ app *App }

func (quietProgress) Phase(string, int)   {}
func (quietProgress) Done(bool)           {}
func (p quietProgress) Print(line string) { p.app.Say("%s", line) }
func (quietProgress) Close()              {}
