package output

import (
	"strings"

	"github.com/segctl/segctl/internal/secret"
)

// Annotation returns an error as a line that GitHub's actions show beside the run ("workflow commands", error). No secrets
// may be in its texts; they need no other cleaning.
func Annotation(title, message string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return "::error title=" + property.Replace(secret.CleanText(title)) + "::" + data.Replace(secret.CleanText(message))
}
