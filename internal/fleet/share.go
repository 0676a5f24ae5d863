package fleet

import (
	"strconv"
	"strings"

	"github.com/segctl/segctl/internal/problem"
)

// Share is a number of installs, or a part of them. The zero value is no bound.
type Share struct {
	number  int
	percent float64
	set     bool
}

// ParseShare reads "20" or "2.5%"; "" is no bound. The error is a *problem.Error.
func ParseShare(text string) (Share, error) {
	if text == "" {
		return Share{}, nil
	}
	if part, ok := strings.CutSuffix(text, "%"); ok {
		percent, err := strconv.ParseFloat(part, 64)
		if err != nil || !(percent >= 0 && percent <= 100) {
			return Share{}, problem.Usage("%q is not a percentage from 0%% to 100%%", text)
		}
		return Share{percent: percent, set: true}, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 {
		return Share{}, problem.Usage("%q is neither a number such as 20 nor a percentage such as 5%%", text)
	}
	return Share{number: number, set: true}, nil
}

// Of returns how many of a number of installs the share is, rounded down, and false where there is no bound.
func (s Share) Of(total int) (int, bool) {
	if s.percent > 0 {
		return int(float64(total) * s.percent / 100), true
	}
	return s.number, s.set
}
