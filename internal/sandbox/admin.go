package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// serveAdmin answers the dashboard at / and the paths under /_sandbox, which are the sandbox's own: they are not in the
// request log, and no fault hits them. A form of the dashboard is answered with the dashboard, everything else with JSON.
func (s *Server) serveAdmin(w http.ResponseWriter, r *http.Request) {
	words, _ := segments(r.URL)
	if r.Method == http.MethodGet && strings.Join(words, "/") == "_sandbox/requests" && r.URL.Query().Has("follow") {
		s.follow(w, r)
		return
	}
	if r.Method == http.MethodGet && strings.Join(words, "/") == "_sandbox/wait" {
		s.serveWait(w, r)
		return
	}
	if r.Method == http.MethodGet && strings.Join(words, "/") == "_sandbox/changes" {
		s.serveChanges(w, r)
		return
	}
	x := newExchange(w, r)
	if x.status == 0 {
		s.serveAdminPath(x, words)
	}
	x.send(w)
}

// serveAdminPath answers the dashboard, or one path of the admin API.
func (s *Server) serveAdminPath(x *exchange, words []string) {
	if len(words) == 0 {
		s.serveDashboard(x)
		return
	}
	if len(words) > 1 && words[1] == "snapshots" {
		s.serveSnapshots(x, words[2:])
		return
	}
	path, id := strings.Join(words[1:], "/"), 0
	if len(words) == 3 && words[1] == "faults" {
		if id = atoi(words[2]); id < 1 { // 0 would mean all faults below
			refuse(x, &missingError{"fault", "there is no fault " + strconv.Itoa(id)})
			return
		}
		path = "faults/{id}"
	}
	switch x.r.Method + " " + path {
	case "GET style.css":
		x.asset("text/css", stylesheet)
	case "GET consent.js":
		x.asset("text/javascript", consentScript)
	case "GET dashboard.js":
		x.asset("text/javascript", dashboardScript)
	case "GET morph.js":
		x.asset("text/javascript", morphScript)
	case "GET requests":
		x.json(http.StatusOK, map[string]any{"requests": s.Requests()})
	case "GET counters":
		x.json(http.StatusOK, s.Counters())
	case "GET quirks":
		x.json(http.StatusOK, map[string]any{"quirks": s.presentQuirks()})
	case "POST quirks":
		s.command(x, func(in adminInput) (any, error) {
			err := s.SetQuirk(in.Name, in.Value)
			return map[string]any{"quirks": s.presentQuirks()}, err
		})
	case "GET faults":
		x.json(http.StatusOK, map[string]any{"faults": s.Faults()})
	case "POST faults":
		s.command(x, func(in adminInput) (any, error) { return s.AddFault(in.Fault) })
	case "DELETE faults", "DELETE faults/{id}", "POST faults/{id}":
		if s.ClearFaults(id) == 0 && id != 0 && !x.isForm() { // a page may be older than the fault's end
			refuse(x, &missingError{"fault", "there is no fault " + strconv.Itoa(id)})
			return
		}
		s.done(x, map[string]any{"faults": s.Faults()})
	case "GET clock":
		x.json(http.StatusOK, Clock{s.now()})
	case "POST clock":
		s.command(x, func(in adminInput) (any, error) {
			d, err := time.ParseDuration(in.Advance)
			if err != nil || d < 0 {
				return nil, invalidArgument("invalid argument: advance %q is not a duration such as 1h30m", in.Advance)
			}
			return Clock{s.Advance(d)}, nil
		})
	case "GET installs":
		x.json(http.StatusOK, map[string]any{"installs": s.Installs()})
	case "POST act":
		answerCommand(x, s.Act)
	case "POST reset":
		s.command(x, func(in adminInput) (any, error) { return empty{}, s.Reset(in.Only) })
	case "GET export":
		b, err := s.Export()
		if err != nil {
			internalError(err.Error()).write(x)
			return
		}
		x.header.Set("Content-Type", "application/yaml")
		_, _ = x.Write(b)
	default:
		notFound("admin path").write(x)
	}
}

func (s *Server) command(x *exchange, run func(adminInput) (any, error)) {
	var in adminInput
	if x.isForm() {
		if err := x.r.ParseForm(); err != nil {
			invalidArgument("invalid argument: %v", err).write(x)
			return
		}
		if err := in.read(x.r.PostForm); err != nil {
			err.write(x)
			return
		}
	} else if len(x.body) > 0 {
		if err := json.Unmarshal(x.body, &in); err != nil {
			invalidArgument("invalid argument: %v", err).write(x)
			return
		}
	}
	answer, err := run(in)
	if err != nil {
		invalidArgument("%v", err).write(x)
		return
	}
	s.done(x, answer)
}

func (s *Server) done(x *exchange, answer any) {
	if x.isForm() {
		x.redirect(newDashboardView(x.formView()).path())
		return
	}
	x.json(http.StatusOK, answer)
}

func (s *Server) presentQuirks() []Quirk {
	all := Quirks()
	for i := range all {
		all[i].Value = s.quirk(all[i].Name)
	}
	return all
}

// follow streams the request log, one JSON object a line, or as server-sent events to who asks for them. It begins
// with what is remembered, unless follow=new.
func (s *Server) follow(w http.ResponseWriter, r *http.Request) {
	events := strings.Contains(r.Header.Get("Accept"), "text/event-stream")
	kind := "application/x-ndjson"
	if events {
		kind = "text/event-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	requests, n, more := s.log.since(0)
	if r.URL.Query().Get("follow") == "new" {
		requests = nil
	}
	for {
		for _, request := range requests {
			b, _ := json.Marshal(request) // nothing in it can fail
			if events {
				b = append(append([]byte("data: "), b...), '\n')
			}
			if _, err := w.Write(append(b, '\n')); err != nil {
				return
			}
		}
		if err := flush.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-more:
		}
		requests, n, more = s.log.since(n)
	}
}
