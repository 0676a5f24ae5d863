package postgres

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
)

// connectTime bounds one attempt to connect, where the URL does not.
const connectTime = 10 * time.Second

// config reads the URL. What is wrong with it is not quoted: there may be a password in it.
func (s *Store) config() (*pgxpool.Config, error) {
	if strings.TrimSpace(s.o.URL) == "" {
		return nil, &install.StoreError{
			Kind: install.NoDatabase, Op: "read", Item: "the database", Store: "PostgreSQL",
		}
	}
	config, err := pgxpool.ParseConfig(s.o.URL)
	if err != nil {
		return nil, &install.StoreError{
			Kind: install.Unreachable, Op: "read", Item: "the database", Store: "PostgreSQL",
			Err: errors.New("what is set as the database's URL cannot be read as one, or a file that it or the environment names cannot be"),
		}
	}
	return config, nil
}

func (s *Store) connect() (*pgxpool.Pool, error) {
	config, err := s.config()
	if err != nil {
		return nil, err
	}
	config.MaxConns = s.o.MaxConns
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTime
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "segctl"
	}
	// The pool outlives the call that makes it; it connects to nothing yet.
	return pgxpool.NewWithConfig(context.Background(), config)
}

// String says where the installs are: the database and its host, and nothing else of the URL.
func (s *Store) String() string {
	config, err := s.config()
	if err != nil {
		return "PostgreSQL"
	}
	c := config.ConnConfig
	host := c.Host
	if !strings.HasPrefix(host, "/") {
		host = net.JoinHostPort(host, strconv.Itoa(int(c.Port)))
	}
	return "PostgreSQL (database " + c.Database + " at " + host + ")"
}
