package local

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// preloadScript leads a Node.js program's connections to the sandbox. Environment variables cannot: before version 24
// Node.js knows no proxy, and most of its libraries know none at all.
//
//go:embed preload.cjs
var preloadScript string

// writePreload puts the file that Node.js is to load into the sandbox's folder.
func (s *Sandbox) writePreload(names []string) error {
	about, err := json.Marshal(map[string]any{"names": names, "port": s.proxy.directPort, "authority": string(s.authority.PEM)})
	if err != nil {
		return fmt.Errorf("write preload for Node.js: %w", err)
	}
	s.preload = filepath.Join(s.folder, "preload.cjs")
	text := "\"use strict\";\nconst sandbox = " + string(about) + ";\n" + preloadScript
	if err := os.WriteFile(s.preload, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write preload for Node.js: %w", err)
	}
	return nil
}

// nodeOptions returns NODE_OPTIONS with the preload in front of what it had. Node.js splits it at spaces outside of
// quotation marks, and takes a backslash for itself outside of them, so that a path of Windows needs none.
func nodeOptions(preload, had string) string {
	if strings.ContainsAny(preload, ` "`) {
		preload = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(preload) + `"`
	}
	return strings.TrimSpace("--require=" + preload + " " + had)
}
