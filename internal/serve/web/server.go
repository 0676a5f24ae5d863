package web

import (
	"log/slog"
	"net/http"
	"time"
)

const (
	maxHeader = 16 << 10 // bytes of a request's header
	maxBody   = 64 << 10 // bytes of a request's body

	headerTimeout   = 5 * time.Second
	readTimeout     = 15 * time.Second // of a request with its body
	writeTimeout    = 30 * time.Second // from a request's header to the end of its answer
	idleTimeout     = 75 * time.Second // longer than the minute that proxies commonly keep a connection
	requestTimeout  = 15 * time.Second // of what a request waits for
	callbackTimeout = 90 * time.Second // of a callback, in which a code is exchanged that can be exchanged only once
)

// Server returns a server for what [New] returned, with the limits on time and size that a handler cannot set.
func Server(h http.Handler, log *slog.Logger) *http.Server {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn), // net/http names addresses there, and no paths
	}
}
