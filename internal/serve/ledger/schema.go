package ledger

import (
	"context"

	"github.com/segctl/segctl/internal/install/postgres"
)

// Schema returns the ledger's part of the database.
func Schema() postgres.Schema { return postgres.Schema{Component: "ledger"} }

// Sealed returns the columns of the ledger that hold sealed values.
func Sealed() []postgres.Sealed { return nil }

// Tidy deletes what nobody needs any more: links and flows that ended a day ago, and events older than 30 days. It returns
// how many rows went.
func (l *Ledger) Tidy(ctx context.Context) (int64, error) { return 0, nil }
