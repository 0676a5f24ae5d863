package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/segctl/segctl/internal/problem"
)

// maxLogo is how many bytes a logo may have. It is on a page that is looked at on the way.
const maxLogo = 512 << 10

// logo is the picture of the partner.
type logo struct {
	contentType string
	body        []byte
	path        string // of its URL, another one for another picture, so that browsers can keep it for good
}

// CheckLogo returns why a file cannot be the logo: it is to be a PNG, JPEG, WebP or SVG picture of at most 512 KiB.
func CheckLogo(file string) error {
	_, err := readLogo(file)
	return err
}

func readLogo(file string) (*logo, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, problem.Usage("logo: %w", err)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxLogo+1))
	switch {
	case err != nil:
		return nil, problem.Usage("logo: %w", err)
	case len(body) > maxLogo:
		return nil, problem.Usage("logo %s has more than %d KiB", file, maxLogo>>10)
	}
	contentType := pictureType(body)
	if contentType == "" {
		return nil, problem.Usage("logo %s is not a PNG, JPEG, WebP or SVG picture", file)
	}
	sum := sha256.Sum256(body)
	return &logo{contentType, body, fmt.Sprintf("/logo?v=%s", hex.EncodeToString(sum[:6]))}, nil
}

// pictureType is the type of a picture by what is in it; its name says nothing.
func pictureType(body []byte) string {
	switch t := http.DetectContentType(body); t {
	case "image/png", "image/jpeg", "image/webp":
		return t
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	for {
		switch t, err := decoder.Token(); element := t.(type) {
		case xml.StartElement:
			if element.Name.Local == "svg" && element.Name.Space == "http://www.w3.org/2000/svg" {
				return "image/svg+xml"
			}
			return ""
		default:
			if err != nil {
				return ""
			}
		}
	}
}

// serveLogo answers with the logo. An SVG picture can hold a script: opened on its own, it runs nowhere.
func (s *service) serveLogo(w http.ResponseWriter, r *http.Request) {
	if s.logo == nil {
		s.refuse(w, r, refusal{status: http.StatusNotFound, message: "there is no logo"})
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	write(w, http.StatusOK, s.logo.contentType, s.logo.body)
}
