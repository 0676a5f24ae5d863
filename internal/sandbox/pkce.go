package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// checkPKCE checks the parameters of an authorization request (RFC 7636 §4.3): the method, "plain" when it is left
// out, and a challenge of 43 to 128 unreserved characters.
func checkPKCE(challenge, method string) (string, *oauthError) {
	switch {
	case challenge == "" && method == "":
		return "", nil
	case !unreserved(challenge):
		return "", newOAuthError("invalid_request", "The PKCE code challenge must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~.")
	case method == "":
		return "plain", nil
	case method == "S256", method == "plain":
		return method, nil
	}
	return "", newOAuthError("invalid_request", "The code_challenge_method is not supported, use S256 instead.")
}

// verified compares the code verifier with the challenge (RFC 7636 §4.6).
func verified(challenge, method, verifier string) bool {
	if !unreserved(verifier) {
		return false
	}
	if method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return sameSecret(challenge, verifier)
}

func unreserved(s string) bool {
	if len(s) < 43 || len(s) > 128 {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
		default:
			return false
		}
	}
	return true
}

func sameSecret(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
