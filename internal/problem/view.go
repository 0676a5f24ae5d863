package problem

import (
	"github.com/segctl/segctl/internal/secret"
)

// View is a problem as JSON has it. Its names are promised.
type View struct {
	Code       int      `json:"code"`
	Status     string   `json:"status"`
	Reason     string   `json:"reason,omitempty"`
	HTTPStatus int      `json:"http_status,omitempty"`
	Message    string   `json:"message"`
	Hints      []string `json:"hints"`
}

// View returns what is shown of a problem, without the secrets that the redactor knows. Its hints are commands of the run
// that c describes, safe for a terminal. The message is not yet: JSON keeps it as it came.
func (p Problem) View(c Context, redactor *secret.Redactor) View {
	v := View{p.Exit, Status(p.Exit), p.Reason, p.HTTPStatus, redactor.Redact(p.Message), make([]string, len(p.Hints))}
	for i, hint := range p.Hints {
		v.Hints[i] = secret.Clean(redactor.Redact(c.Render(hint)))
	}
	return v
}
