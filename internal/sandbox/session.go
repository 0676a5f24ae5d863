package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
)

// sessionCookie holds the signed e-mail address of whoever logged in.
const sessionCookie = "segctl_sandbox_session"

// session returns the person who is logged in.
func (s *Server) session(r *http.Request) (*user, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil, false
	}
	encoded, signature, _ := strings.Cut(cookie.Value, ".")
	email, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || !sameSecret(signature, s.sign("session", string(email))) {
		return nil, false
	}
	var who *user
	var ok bool
	_ = s.store.view(func(t *tx) error {
		who, ok = get[*user](t, "users/"+string(email))
		return nil
	})
	return who, ok
}

func (s *Server) startSession(x *exchange, email string) {
	http.SetCookie(x, &http.Cookie{
		Name: sessionCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Value: base64.RawURLEncoding.EncodeToString([]byte(email)) + "." + s.sign("session", email),
	})
}

// sign makes a value that only this sandbox can make for these words. Form tokens are made of it too, so that no other
// site can submit a form in the person's name.
func (s *Server) sign(words ...string) string {
	mac := hmac.New(sha256.New, s.secret[:])
	for _, word := range words {
		_, _ = mac.Write([]byte(word + "\x00")) // never fails
	}
	return hex.EncodeToString(mac.Sum(nil))
}
