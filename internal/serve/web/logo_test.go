package web

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/problem"
)

const svg = `<?xml version="1.0" encoding="UTF-8"?><!-- a logo --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32">` +
	`<rect width="120" height="32" rx="6" fill="#157347"/><script>alert(1)</script></svg>`

// file writes one under a name that says nothing.
func file(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "logo.txt")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pictures(t *testing.T) map[string][]byte {
	t.Helper()
	var p, j bytes.Buffer
	picture := image.NewRGBA(image.Rect(0, 0, 8, 8))
	if err := png.Encode(&p, picture); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&j, picture, nil); err != nil {
		t.Fatal(err)
	}
	webp := append([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L"), make([]byte, 18)...)
	return map[string][]byte{"image/png": p.Bytes(), "image/jpeg": j.Bytes(), "image/webp": webp, "image/svg+xml": []byte(svg)}
}

// The logo's type is that of its content, it is kept for good, and a script in it runs nowhere.
func TestLogo(t *testing.T) {
	t.Parallel()
	paths := map[string]bool{}
	for contentType, content := range pictures(t) {
		s := newStage(t, func(o *Options) { o.Logo = file(t, content) })
		s.engine.view = openView()
		page := s.get("/connect/" + theLink).Body.String()
		_, rest, _ := strings.Cut(page, `<img src="`)
		path, _, _ := strings.Cut(rest, `"`)
		paths[path] = true
		w := s.get(path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != contentType || !bytes.Equal(w.Body.Bytes(), content) {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
		if w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v", contentType, w.Header())
		}
	}
	if len(paths) != 4 {
		t.Errorf("different pictures are at %v", paths)
	}
	s := newStage(t)
	if w := s.get("/logo"); w.Code != http.StatusNotFound {
		t.Errorf("without a logo: %d", w.Code)
	}
}

func TestLogosThatAreNone(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"not there":              filepath.Join(t.TempDir(), "nosuch"),
		"a folder":               t.TempDir(),
		"empty":                  file(t, nil),
		"text":                   file(t, []byte("hello")),
		"HTML":                   file(t, []byte("<!DOCTYPE html><html><svg/></html>")),
		"XHTML":                  file(t, []byte(`<html xmlns="http://www.w3.org/1999/xhtml"/>`)),
		"an svg of another kind": file(t, []byte(`<svg><script/></svg>`)),
		"a GIF":                  file(t, []byte("GIF89a\x01\x00\x01\x00")),
		"too large":              file(t, append([]byte(svg), make([]byte, maxLogo)...)),
	} {
		p := problem.Of(CheckLogo(path), problem.Context{})
		if p.Exit != problem.ExitUsage || !strings.HasPrefix(p.Message, "logo") {
			t.Errorf("%s: exit %d, %s", name, p.Exit, p.Message)
		}
		s := newStage(t, func(o *Options) { o.Logo = path })
		s.engine.view = openView()
		if w := s.get("/connect/" + theLink); strings.Contains(w.Body.String(), "<img") || !strings.Contains(s.log.String(), "no logo") {
			t.Errorf("%s: logged %s", name, s.log)
		}
	}
	if err := CheckLogo(file(t, []byte(svg))); err != nil {
		t.Error(err)
	}
}
