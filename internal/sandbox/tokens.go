package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// checkTag is mixed into the check value that every issued token carries. It must never change: Issued has to know
// the tokens of older versions.
const checkTag = "segctl sandbox token\x00"

// Issued reports whether token was issued by a sandbox, this one or any other. A caller can so refuse to send it to
// Segment. It needs no state: the second half of a token is derived from the first.
func Issued(token string) bool {
	if first, second, ok := strings.Cut(token, "."); ok {
		return len(first) == 43 && second == longCheck(first)
	}
	if len(token) != 36 {
		return false
	}
	first, last := token[:24], token[24:]
	return strings.Count(first, "-") == 4 && last == shortCheck(first)
}

func longCheck(first string) string {
	sum := sha256.Sum256([]byte(checkTag + first))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func shortCheck(first string) string {
	sum := sha256.Sum256([]byte(checkTag + first))
	return hex.EncodeToString(sum[:6])
}

// newToken makes an opaque two-part token, as the exchange of a code answers.
func newToken() string {
	first := randomText()
	return first + "." + longCheck(first)
}

// newUUIDToken makes a version 4 UUID, which is what a refresh answers.
func newUUIDToken() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	first := fmt.Sprintf("%x-%x-%x-%x-", b[:4], b[4:6], b[6:8], b[8:])
	return first + shortCheck(first)
}

// newUUID makes a client id. Issued does not take it for a token.
func newUUID() string {
	return newUUIDToken()[:24] + randomHex(6)
}

// newCode makes an authorization code. It looks like a token, but Issued does not take it for one.
func newCode() string { return randomText() + "." + randomText() }

// randomText is 32 random bytes in 43 characters.
func randomText() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
