package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
)

// answerCommand runs a command of the admin API that the dashboard has no form for. Its body is JSON, in which a field
// that nobody knows is a mistake: a misspelt one must not stand for all there is.
func answerCommand[In, Out any](x *exchange, run func(In) (Out, error)) {
	var in In
	if len(x.body) > 0 {
		dec := json.NewDecoder(bytes.NewReader(x.body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil {
			invalidArgument("invalid argument: %v", err).write(x)
			return
		}
	}
	answer, err := run(in)
	if err != nil {
		refuse(x, err)
		return
	}
	x.json(http.StatusOK, answer)
}

// refuse answers a command that cannot be done. What it means is missing is told apart, so that a client can say so.
func refuse(x *exchange, err error) {
	missing, ok := errors.AsType[*missingError](err)
	if !ok {
		invalidArgument("%v", err).write(x)
		return
	}
	x.json(http.StatusNotFound, struct {
		Error   string `json:"error"`
		Code    int    `json:"code"`
		Missing string `json:"missing"`
	}{missing.text, 5, missing.kind})
}
