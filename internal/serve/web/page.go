package web

import (
	"bytes"
	_ "embed" // for the pages' template and style
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/segctl/segctl/internal/secret"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string

	pageTemplate = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("page").Parse(strings.ReplaceAll(pageHTML, "{{style}}", pageCSS)))
	})
)

// The tones of a page, which are classes of its style.
const (
	toneAsk    = "ask"
	toneOK     = "ok"
	toneFailed = "failed"
)

// page is what a browser is shown. It never holds a secret, nor anything of the query.
type page struct {
	Status    int
	Tone      string
	Mark      string // a sign beside the title, or ""
	Title     string
	Words     []string // paragraphs
	Facts     []fact
	Button    *button // nil: there is nothing to do
	Next      string  // what happens next
	Reload    int     // seconds until the page asks for itself again; 0: never
	Reference string  // the request's id, to find it in the log; "" where that helps nobody

	Partner, Logo string // set by writePage
}

// fact is a line of a page's table.
type fact struct{ Name, Value, Time string }

// button is the one thing to do. It is a link: nothing is posted anywhere.
type button struct{ Text, Href string }

// addFact adds a line, unless its value is unknown. Names of others are shown without characters that hide or turn text.
func (p *page) addFact(name, value string) {
	if value != "" {
		p.Facts = append(p.Facts, fact{Name: name, Value: shown(value)})
	}
}

// addTime adds a line with a time, in one that all of the world reads the same.
func (p *page) addTime(name string, t time.Time) {
	if !t.IsZero() {
		t = t.UTC()
		p.Facts = append(p.Facts, fact{name, t.Format("2 January 2006, 15:04 UTC"), t.Format(time.RFC3339)})
	}
}

// maxShown is how many characters of a name are shown.
const maxShown = 200

func shown(text string) string { return secret.Brief(text, maxShown) }

// writePage sends a page.
func (s *service) writePage(w http.ResponseWriter, p page) {
	p.Partner = shown(s.Name)
	if s.logo != nil {
		p.Logo = s.logo.path
	}
	var body bytes.Buffer
	if err := pageTemplate().Execute(&body, p); err != nil {
		panic(err) // the template takes every page
	}
	write(w, p.Status, "text/html; charset=utf-8", body.Bytes())
}

// refusedPage is for a request that is not answered.
func refusedPage(e refusal, reference string) page {
	p := page{Status: e.status, Tone: toneFailed, Mark: "!"}
	switch e.status {
	case http.StatusNotFound:
		p.Title, p.Words = "There is nothing here", []string{"Perhaps the link was not copied whole. Open it again from where you got it."}
	case http.StatusTooManyRequests:
		p.Title, p.Words = "One moment, please", []string{"Too many requests came from your network just now. Wait a few seconds, then reload this page."}
	case http.StatusServiceUnavailable:
		p.Title, p.Words = "One moment, please", []string{"This cannot be done just now, and nothing was changed. Reload this page in a minute."}
		p.Reference = reference
	case http.StatusInternalServerError:
		p.Title, p.Words = "Something went wrong", []string{"It is not your fault. Reload this page in a minute, or open your link again."}
		p.Reference = reference
	case http.StatusMisdirectedRequest:
		p.Title, p.Words = "Not at this address", []string{"This service is not at the address that your browser asked for. Open your link again from where you got it."}
	default:
		p.Title, p.Words = "This cannot be done", []string{"Your browser asked for something that there is not here. Open your link again from where you got it."}
	}
	return p
}
