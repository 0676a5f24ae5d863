package doctor

import (
	"os"
	"strings"

	"github.com/segctl/segctl/internal/config"
)

// settings tells where the settings come from. Of the client id it tells whether it is set: tickets are read by others.
func (c *checkup) settings() []Finding {
	s := c.world.Settings
	where := s.File
	if _, err := os.Stat(s.File); err != nil {
		where += " (there is none)"
	}
	found := []Finding{passed("configuration", "profile %s (%s), %s", s.Profile, s.ProfileSource, where)}
	if err := c.world.CheckServers(); err != nil {
		found = append(found, explained("servers", err))
	}
	if left := s.Withheld(); len(left) > 0 {
		_, api := s.Server()
		found = append(found, passed("left_out", "set for another server, and not sent to %s: %s", api, strings.Join(left, ", ")))
	}
	if s.Get(config.ClientID) == "" {
		return append(found, warned(config.ClientID, "not set: segctl can neither install nor refresh").
			advise("the client id on the App's page", "config", "set", config.ClientID, "YOUR_CLIENT_ID"))
	}
	return append(found, passed(config.ClientID, "set (%s)", s.Source(config.ClientID)))
}
