package ledger

import "github.com/segctl/segctl/internal/install/postgres"

// Schema returns the ledger's part of the database. It comes after the store's own, whose installs the connections refer to.
//
// Only primary keys begin with the profile, which is the same in most databases for every row: an index that began with it as
// well would look as good as the right one to a PostgreSQL that has not counted the rows yet, and be a scan.
func Schema() postgres.Schema {
	return postgres.Schema{Component: "ledger", Steps: []string{`
CREATE TABLE segctl_links (
	profile     text        NOT NULL,
	hash        bytea       NOT NULL, -- SHA-256 of the id
	customer    text        NOT NULL,
	label       text        NOT NULL,
	destination text        NOT NULL,
	secret      bytea,                -- sealed: the settings, and the return URL
	seal        text,
	install     text        NOT NULL, -- that it is to reconnect
	created_at  timestamptz NOT NULL,
	expires_at  timestamptz NOT NULL,
	used_at     timestamptz,
	flow        bytea,                -- that used it
	connected   text        NOT NULL DEFAULT '', -- the install that came of it
	PRIMARY KEY (profile, hash)
);
ALTER TABLE segctl_links ALTER COLUMN secret SET STORAGE EXTERNAL;
CREATE INDEX segctl_links_ended ON segctl_links (coalesce(used_at, expires_at));

CREATE TABLE segctl_flows (
	profile     text        NOT NULL,
	hash        bytea       NOT NULL, -- SHA-256 of the state
	link        bytea       NOT NULL,
	browser     bytea       NOT NULL, -- SHA-256 of what the browser's cookie holds
	client_id   text        NOT NULL,
	issuer      text        NOT NULL,
	scope       text        NOT NULL,
	secret      bytea,                -- sealed, until the flow has ended: the code verifier, and the code
	seal        text,
	created_at  timestamptz NOT NULL,
	expires_at  timestamptz NOT NULL,
	claimed_at  timestamptz,          -- when the code came
	holder      text        NOT NULL DEFAULT '',
	lease_until timestamptz,          -- by the database's clock
	status      text        NOT NULL DEFAULT '', -- '' until the flow has ended
	install     text        NOT NULL DEFAULT '',
	detail      text        NOT NULL DEFAULT '',
	ended_at    timestamptz,
	PRIMARY KEY (profile, hash),
	FOREIGN KEY (profile, link) REFERENCES segctl_links ON DELETE CASCADE
);
ALTER TABLE segctl_flows ALTER COLUMN secret SET STORAGE EXTERNAL;
CREATE INDEX segctl_flows_link ON segctl_flows (link);
CREATE INDEX segctl_flows_ended ON segctl_flows (coalesce(ended_at, expires_at));
CREATE UNIQUE INDEX segctl_flows_browser ON segctl_flows (browser);

CREATE TABLE segctl_connections (
	profile     text        NOT NULL,
	install     text        NOT NULL,
	customer    text        NOT NULL,
	destination text        NOT NULL,
	settings    bytea,                -- sealed
	seal        text,
	enabled     boolean     NOT NULL,
	health      text        NOT NULL,
	detail      text        NOT NULL,
	checked_at  timestamptz,
	created_at  timestamptz NOT NULL,
	lost        boolean     NOT NULL,
	PRIMARY KEY (profile, install),
	FOREIGN KEY (profile, install) REFERENCES segctl_installs (profile, name) ON DELETE CASCADE
);
ALTER TABLE segctl_connections ALTER COLUMN settings SET STORAGE EXTERNAL;

CREATE TABLE segctl_events (
	profile text        NOT NULL,
	seq     bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
	id      text        NOT NULL,
	type    text        NOT NULL,
	time    timestamptz NOT NULL,
	data    jsonb       NOT NULL,
	PRIMARY KEY (profile, seq)
);
CREATE UNIQUE INDEX segctl_events_id ON segctl_events (id);
CREATE INDEX segctl_events_time ON segctl_events (time);

CREATE TABLE segctl_tokens (
	profile    text        NOT NULL,
	name       text        NOT NULL,
	hash       bytea       NOT NULL, -- SHA-256 of the token
	created_at timestamptz NOT NULL,
	used_at    timestamptz,
	PRIMARY KEY (profile, name)
);
CREATE UNIQUE INDEX segctl_tokens_hash ON segctl_tokens (hash);
`}}
}

// Sealed returns the columns of the ledger that hold sealed values.
func Sealed() []postgres.Sealed {
	return []postgres.Sealed{
		{Table: "segctl_links", Key: "'link ' || encode(hash, 'hex')", Column: "secret", KeyID: "seal", Context: "profile || '/links/' || encode(hash, 'hex')"},
		{Table: "segctl_flows", Key: "'flow ' || encode(hash, 'hex')", Column: "secret", KeyID: "seal", Context: "profile || '/flows/' || encode(hash, 'hex')"},
		{Table: "segctl_connections", Key: "'connection of ' || install", Column: "settings", KeyID: "seal", Context: "profile || '/connections/' || install"},
	}
}
