// Command backend is what a product's backend needs of segctl serve, in Go: a button that makes a link for the signed-in
// customer, the page that the customer comes back to, and the receiver of webhooks.
//
//	ADDR            where it listens, such as 127.0.0.1:3000
//	SELF            its own public URL; segctl serve allows return URLs below it
//	SEGCTL_URL      the public URL of segctl serve
//	BACKEND_TOKEN   made by `segctl serve token create`
//	WEBHOOK_SECRET  the one that segctl serve signs with, whsec_…
//	DEMO_SESSION    the value of a session cookie, and
//	DEMO_CUSTOMER   who is signed in with it: they stand for your sessions
//
// Put your session, your customers' keys and your database where session, key and keep are.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// backend is your product, as far as segctl serve is concerned.
type backend struct {
	hook *webhooks.Webhook
	kept sync.Map // events, by their ids
}

// session says who is signed in. Make its cookie SameSite=Lax, so that no other site can press the button.
func (b *backend) session(r *http.Request) (customer string, ok bool) {
	cookie, err := r.Cookie("session")
	return os.Getenv("DEMO_CUSTOMER"), err == nil && cookie.Value != "" && cookie.Value == os.Getenv("DEMO_SESSION")
}

// key is what your destination needs to know of a customer.
func (b *backend) key(customer string) string { return "key-of-" + customer }

// keep stores an event once: the same one may come again.
func (b *backend) keep(id string, event []byte) error {
	if _, old := b.kept.LoadOrStore(id, true); !old {
		fmt.Printf("%s\n", event)
	}
	return nil
}

// connect makes a link for the customer who pressed the button, and sends the browser there.
func (b *backend) connect(w http.ResponseWriter, r *http.Request) {
	customer, ok := b.session(r)
	if !ok {
		http.Error(w, "sign in first", http.StatusUnauthorized)
		return
	}
	body, _ := json.Marshal(map[string]any{
		"customer": customer, "settings": map[string]any{"apiKey": b.key(customer)}, "return_url": os.Getenv("SELF") + "/connected",
	})
	ask, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, os.Getenv("SEGCTL_URL")+"/v1/links", bytes.NewReader(body))
	ask.Header.Set("Authorization", "Bearer "+os.Getenv("BACKEND_TOKEN"))
	ask.Header.Set("Content-Type", "application/json")
	var link struct{ URL string }
	answer, err := http.DefaultClient.Do(ask)
	if err == nil {
		defer answer.Body.Close()
		err = json.NewDecoder(answer.Body).Decode(&link)
	}
	if err != nil || answer.StatusCode/100 != 2 {
		http.Error(w, "connecting is not possible just now", http.StatusBadGateway)
		return
	}
	http.Redirect(w, r, link.URL+"?go=1", http.StatusSeeOther) // straight on: the button is pressed already
}

// connected is where the customer comes back to. The result in the URL is for their eyes: what your product does next
// comes by webhook.
func (b *backend) connected(w http.ResponseWriter, r *http.Request) {
	q, signed := r.URL.Query(), http.Header{}
	for _, name := range []string{"id", "timestamp", "signature"} {
		signed.Set("webhook-"+name, q.Get("segctl_"+name))
	}
	text := "status=" + url.QueryEscape(q.Get("segctl_status")) + "&install=" + url.QueryEscape(q.Get("segctl_install")) +
		"&customer=" + url.QueryEscape(q.Get("segctl_customer"))
	customer, ok := b.session(r)
	if b.hook.Verify([]byte(text), signed) != nil || !ok || customer != q.Get("segctl_customer") {
		http.Error(w, "this result is not yours, or too old", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "%s: %s", customer, q.Get("segctl_status"))
}

// receive takes webhooks. Only what is answered with 2xx is not sent again.
func (b *backend) receive(w http.ResponseWriter, r *http.Request) {
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil || b.hook.Verify(event, r.Header) != nil {
		http.Error(w, "not signed by segctl serve, or too old", http.StatusBadRequest)
		return
	}
	if b.keep(r.Header.Get("webhook-id"), event) != nil {
		http.Error(w, "not kept: send it again", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func main() {
	secret := os.Getenv("WEBHOOK_SECRET")
	hook, err := webhooks.NewWebhook(secret)
	if err != nil || len(secret) < 38 { // whsec_ and 24 bytes
		log.Fatal("WEBHOOK_SECRET is not set, or no secret")
	}
	b := &backend{hook: hook}
	http.HandleFunc("POST /connect", b.connect)
	http.HandleFunc("GET /connected", b.connected)
	http.HandleFunc("POST /webhooks", b.receive)
	listener, err := net.Listen("tcp", os.Getenv("ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
