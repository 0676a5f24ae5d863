package jobs

import (
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/segctl/segctl/internal/install"
)

const (
	longestMargin = 10 * time.Minute // before the expiry of a token
	// unknownLife is how long a token is left alone whose expiry Segment does not tell.
	unknownLife = time.Hour
	// slow is how long is waited between two looks at what will hardly change by itself, such as an install that was
	// uninstalled.
	slow = time.Hour
)

// marginOf returns how long before its expiry a token is replaced: a fifth of its life, ten minutes at most. That is before
// a command would replace it by itself (see install.Install.Due), so that commands find tokens that last.
func marginOf(c install.Card) time.Duration {
	return min(longestMargin, max(0, c.ExpiresAt.Sub(c.ObtainedAt)/5))
}

// dueIn returns how long from now the token of an install is to be replaced, spread over the first quarter of the margin:
// installs that came at once do not stay together.
func dueIn(c install.Card, now time.Time) time.Duration {
	if c.ExpiresAt.IsZero() {
		return unknownLife
	}
	margin := marginOf(c)
	return max(0, c.ExpiresAt.Add(-margin+spread(margin/4)).Sub(now))
}

// spread returns a random part of a duration.
func spread(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

// slot returns how long from now the next turn of an install is, where each has one turn in every interval: turns are
// spread evenly by names, and stay where they are however late a job was.
func slot(name string, every time.Duration, now time.Time) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	offset := time.Duration(mix(h.Sum64()) % uint64(every))
	passed := time.Duration((now.UnixNano() - int64(offset)) % int64(every))
	if passed < 0 {
		passed += every
	}
	return every - passed
}

// mix spreads the hashes of names that differ in their last digit alone (the finalizer of MurmurHash3).
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// backoff is how long is waited after failures that follow each other.
type backoff struct{ first, most time.Duration }

// wait doubles with each failure, and is spread by a quarter.
func (b backoff) wait(failures int) time.Duration {
	wait := b.most
	if failures < 1 {
		failures = 1
	}
	if shift := failures - 1; shift < 20 {
		wait = min(b.most, b.first<<shift)
	}
	return wait - spread(wait/4)
}
