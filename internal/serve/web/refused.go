package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

// retryDatabase is when to come back to a service whose database is away.
const retryDatabase = 5 * time.Second

func internalError() refusal {
	return refusal{status: http.StatusInternalServerError, message: "something went wrong here; the log has it under the request's id"}
}

func notFound(what string) refusal {
	return refusal{status: http.StatusNotFound, message: "there is no such " + what}
}

func badRequest(field, message string) refusal {
	return refusal{status: http.StatusBadRequest, field: field, message: message}
}

// refusalOf returns what an error comes to over HTTP. Words of an error itself are passed on only where its type promises
// that there is no secret in them.
func refusalOf(err error) refusal {
	if e, ok := errors.AsType[*refusal](err); ok {
		return *e
	}
	if wrong, ok := errors.AsType[*flow.RequestError](err); ok {
		return badRequest(wrong.Field, wrong.Error())
	}
	if taken, ok := errors.AsType[*flow.LinkError](err); ok {
		return refusal{status: http.StatusConflict, message: taken.Error()}
	}
	if busy, ok := errors.AsType[*flow.BusyError](err); ok {
		return refusal{status: http.StatusConflict, message: busy.Error(), wait: time.Second}
	}
	if _, ok := errors.AsType[*wire.InstallNameError](err); ok {
		return notFound("install") // whatever the name was, no install has it
	}
	_, store := errors.AsType[*install.StoreError](err)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return notFound("thing")
	case store, ofDatabase(err), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return refusal{status: http.StatusServiceUnavailable, message: "the database is not to be had just now", wait: retryDatabase}
	}
	return internalError()
}

// errStore marks the errors of the database that have no type of ours.
var errStore = errors.New("the database failed")

// ofDatabase reports whether an error is the database's, or that of the way there.
func ofDatabase(err error) bool {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, refused := errors.AsType[*pgconn.PgError](err)
	_, network := errors.AsType[net.Error](err)
	return connecting || refused || network || errors.Is(err, errStore)
}
