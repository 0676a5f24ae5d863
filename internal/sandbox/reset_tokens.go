package sandbox

// ofInstall reports whether a record is the token of an install.
func ofInstall(value any) bool {
	tok, ok := value.(*token)
	return ok && tok.Install != ""
}

// asAtStart gives the token of an install the whole of its life again; everything else is as it was.
func (s *Server) asAtStart(value any) any {
	if !ofInstall(value) {
		return value
	}
	tok := *value.(*token)
	tok.Expires = s.now().Add(s.options.TokenTTL)
	return &tok
}

// resetTokens makes installs and their tokens belong together again after a reset of one of the two.
func (s *Server) resetTokens(t *tx, only string) {
	seeded := map[string]*token{} // by install
	for _, c := range s.base {
		if ofInstall(c.value) {
			tok := c.value.(*token)
			seeded[tok.Install] = tok
		}
	}
	switch only {
	case "installs":
		for _, tok := range list[*token](t, "tokens") {
			if tok.Install != "" && seeded[tok.Install] != tok {
				t.put("tokens/"+tok.Value, nil)
			}
		}
		for _, tok := range seeded {
			t.put("tokens/"+tok.Value, s.asAtStart(tok))
		}
	case "tokens":
		for _, in := range list[*install](t, "installs") {
			changed := *in
			changed.Token = ""
			if tok := seeded[in.Name]; tok != nil {
				changed.Token = tok.Value
			}
			t.put(in.Name, &changed)
		}
		for _, tok := range seeded {
			if t.lookup(tok.Install) == nil { // the App is off that workspace since
				t.put("tokens/"+tok.Value, nil)
			}
		}
	}
}
