package sandbox

import (
	"math"
	"net/url"
	"strconv"
	"strings"
)

// adminInput is the body of every admin request: JSON, or a form of the dashboard.
type adminInput struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Advance string `json:"advance"`
	Only    string `json:"only"`
	Fault
}

func (x *exchange) isForm() bool {
	return strings.HasPrefix(x.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && len(x.body) > 0 && x.body[0] != '{'
}

// read takes the fields of a form. What is left empty is 0.
func (in *adminInput) read(form url.Values) *apiError {
	in.Name, in.Value, in.Advance, in.Only = form.Get("name"), form.Get("value"), form.Get("advance"), form.Get("only")
	in.Route, in.Kind, in.Error, in.Hint = form.Get("route"), form.Get("kind"), form.Get("error"), form.Get("hint")
	in.Status, in.DelayMS, in.Count, in.RetryAfter = atoi(form.Get("status")), atoi(form.Get("delay_ms")), atoi(form.Get("count")), atoi(form.Get("retry_after"))
	var err error
	if text := form.Get("probability"); text != "" { // a wrong one must not read as 0, which is always
		if in.Probability, err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(in.Probability) {
			return invalidArgument("invalid argument: probability %q is not a number", text)
		}
	}
	if text := form.Get("seed"); text != "" {
		if in.Seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			return invalidArgument("invalid argument: seed %q is not a whole number", text)
		}
	}
	return nil
}

// atoi reads a field of a form; what is left empty is 0.
func atoi(text string) int {
	n, _ := strconv.Atoi(text) // a wrong number is caught as the 0 it reads as
	return n
}

// formView is what the page that a form was on showed.
func (x *exchange) formView() url.Values {
	if x.r.ParseForm() != nil {
		return nil
	}
	view, _ := url.ParseQuery(x.r.PostForm.Get("view")) // what is no query shows everything
	return view
}
