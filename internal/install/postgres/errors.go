package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/seal"
	"github.com/segctl/segctl/internal/wire"
)

// fault says as a *install.StoreError what went wrong. An error that is one already, or the context's, stays as it is.
func (s *Store) fault(op, item string, err error) error {
	var known *install.StoreError
	var server *install.OriginError
	var name *wire.InstallNameError
	switch {
	case err == nil, errors.As(err, &known), errors.As(err, &server), errors.As(err, &name), errors.Is(err, install.ErrNotFound):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !isConnectError(err):
		return fmt.Errorf("%s %s: %w", op, item, contextError(err))
	}
	kind, text := s.judge(err)
	return &install.StoreError{Kind: kind, Op: op, Item: item, Store: s.String(), Err: text}
}

// contextError is the context's error alone: around it there may be what a statement was about.
func contextError(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return context.DeadlineExceeded
}

func isConnectError(err error) bool {
	_, ok := errors.AsType[*pgconn.ConnectError](err)
	return ok
}

// judge returns what an error means, and its text without anything secret.
func (s *Store) judge(err error) (install.Kind, error) {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return kindOf(e.Code), fmt.Errorf("%s (SQLSTATE %s)", s.clean(e.Message), e.Code)
	}
	if isSeal(err) {
		return install.NoKey, err
	}
	if isConnectError(err) {
		// pgx says whom and where it tried, and then why it failed, which is all that is new.
		for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
			err = inner
			if _, ok := errors.AsType[*net.OpError](err); !ok {
				break
			}
		}
		return install.Unreachable, errors.New(s.clean(onceEach(err.Error())))
	}
	if isLost(err) {
		return install.Unreachable, errors.New(s.clean(err.Error()))
	}
	return install.Failed, errors.New(s.clean(err.Error()))
}

// onceEach returns the lines of a text as one, each once: an address is tried with TLS and without it.
func onceEach(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

func isSeal(err error) bool {
	_, ok := errors.AsType[*seal.Error](err)
	return ok
}

// kindOf returns what a SQLSTATE means.
func kindOf(code string) install.Kind {
	switch code {
	case "53100": // disk_full
		return install.DiskFull
	case "25006": // read_only_sql_transaction
		return install.ReadOnly
	case "42P01", "3F000", "42703": // undefined table, schema or column
		return install.NotMigrated
	case "42501", "28000", "28P01": // insufficient_privilege, invalid authorization
		return install.Refused
	case "3D000", "53300": // no such database, too many connections
		return install.Unreachable
	}
	if isAway(code) {
		return install.Unreachable
	}
	return install.Failed
}

// isAway reports whether a SQLSTATE says that the server is going, gone or coming back.
func isAway(code string) bool {
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P")
}

// isLost reports whether the connection is at fault, or there was none: it can be tried again with another one.
func isLost(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return isAway(e.Code) || e.Code == "53300"
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[syscall.Errno](err); ok {
		return true
	}
	return isConnectError(err) || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, errClosed)
}

// errClosed is what stands for the end of a pool that was closed while it was in use.
var errClosed = errors.New("closed")

// clean takes the password of the database out of a text.
func (s *Store) clean(text string) string {
	config, err := s.config()
	if err != nil || config.ConnConfig.Password == "" {
		return text
	}
	return strings.ReplaceAll(text, config.ConnConfig.Password, "****")
}
