package cmd

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/authorize/loopback/browser"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/destination/desired"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/seal"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/wire"
)

// sampleErrors returns at least one error of each type below cmd, and all that differ by a kind or a reason.
func sampleErrors() []error {
	cause := errors.New("some cause")
	name := segment.Name{Workspace: "acme", Source: "js", Destination: "clearbrain"}
	card := install.Card{Name: "installs/1", Label: "it's acme", Sources: []string{"workspaces/acme/sources/js"}}
	all := []error{
		context.Canceled,
		cause,
		errors.Join(&segment.Error{Reason: segment.Unauthenticated, StatusCode: 401, Path: "workspaces"}, &account.RefusedTokenError{From: "SEGCTL_TOKEN"}),
		&account.AbsentError{Slug: "clearbrain", Sources: 2, Err: cause},
		&account.AmbiguousError{Kind: "source", Candidates: []string{"workspaces/acme/sources/ios", "workspaces/acme/sources/js"}},
		&account.AmbiguousError{Kind: "source", Candidates: []string{"workspaces/acme/sources/js"}, Narrow: true},
		&account.AmbiguousError{Kind: "workspace"},
		&account.AmbiguousInstallError{Selector: install.Selector{Install: "acme"}, Cards: []install.Card{card, {Name: "installs/2"}}},
		&account.CredentialsError{Missing: []string{config.ClientID, config.ClientSecret, config.Scope}},
		&account.ForeignTokenError{API: wire.SegmentAPI},
		&account.GivenTokenError{From: "SEGCTL_TOKEN"},
		&account.GivenTokenError{From: "SEGCTL_TOKEN", Install: "installs/1"},
		&account.InstallExistsError{Err: cause},
		&account.InstallExistsError{Err: cause, Saved: []install.Card{card}},
		&account.LabelError{Label: "x", Problem: "is bad"},
		&account.LockedError{},
		&account.NarrowError{Kind: "source", Install: "installs/1", Scope: "destination/clearbrain", Err: cause},
		&account.NarrowError{Kind: "workspace", Install: "installs/1", Scope: "destination/clearbrain"},
		&account.NoDestinationError{},
		&account.NoSuchInstallError{Selector: install.Selector{Install: "nobody; rm -rf /"}, Saved: []install.Card{card}},
		&account.NoSuchInstallError{Selector: install.Selector{Install: "9"}},
		&account.OtherAppError{Install: "installs/1", ClientID: "x"},
		&account.UnsavedError{Install: "installs/1", Err: &account.OtherAppError{Install: "installs/1", ClientID: "x"}},
		&account.PlaceError{Text: "x", Problem: "is not in y", Kind: "workspace"},
		&account.PlaceError{Text: "x", Problem: "is not a destination", Kind: "destination"},
		&account.RefusedTokenError{From: "SEGCTL_TOKEN", API: wire.SegmentAPI},
		&account.RevokeError{Install: "installs/1", Err: &segment.NetworkError{Host: "x", Err: cause}},
		&account.ServersError{ID: wire.SegmentID, API: "http://127.0.0.1:1"},
		&account.SignInError{Store: "keyring"},
		&account.SignInError{Store: "keyring", Saved: []install.Card{card, {Name: "installs/2"}}},
		&account.UnknownPlaceError{Kind: "source", Install: "installs/1", Workspace: "workspaces/acme"},
		&account.UnknownPlaceError{Kind: "source", Install: "installs/1"},
		&account.UnknownPlaceError{Kind: "source", Workspace: "workspaces/acme"},
		&account.UnknownPlaceError{Kind: "source"},
		&account.UnknownPlaceError{Kind: "workspace"},
		&account.UnsavedError{Install: "installs/1", Err: cause},
		&account.UnsavedError{Install: "installs/1", Err: &install.OriginError{Install: "installs/1"}},
		&authorize.NetworkError{Stage: authorize.StageExchange, Host: "x", Err: cause},
		&authorize.RedirectURLError{URL: "x", Problem: "is bad"},
		authorize.Stray("it is not ours"),
		&browser.CommandError{Command: "x"},
		&config.Error{Key: "scope", Msg: "is bad"},
		&config.Error{File: "config.yaml", Line: 3, Msg: "is bad"},
		&config.Error{Msg: "is bad", Fix: []string{"config", "set", "client_secret"}, Comment: "asks for it"},
		&desired.Error{File: "clearbrain.yaml", Line: 4, Column: 7, Problem: "enabled must be true or false"},
		&desired.Error{File: "folder", Problem: "is a folder: name the files in it", Files: []string{"folder/a.yaml", "folder/b.yaml"}},
		&destination.ExistsError{Name: name, Err: cause},
		&destination.FileError{Line: 2, Field: "enabled", Problem: "is bad"},
		&destination.KeyError{Slug: "airship", Err: &segment.KeyError{Candidates: []string{"apiKey", "appKey"}}},
		&destination.ModeError{Mode: "x"},
		&destination.NeedsError{Slug: "appboy", Missing: []string{"appGroupId"}, Known: true},
		&destination.NeedsError{Slug: "appboy"},
		&destination.NothingError{Name: name},
		&destination.SettingsError{Slug: "clearbrain", Problems: []segment.Problem{{Setting: "apiKey", Msg: "is required"}}},
		&flow.BusyError{},
		&flow.LinkError{State: flow.Used},
		&flow.RequestError{Field: "customer", Problem: "is missing"},
		&install.OriginError{Install: "installs/1", Bound: wire.SegmentAPI, Wanted: "http://127.0.0.1:1"},
		&install.SaveError{Install: "installs/1", Err: &install.StoreError{Kind: install.DiskFull, Op: "write"}},
		&install.SaveError{Install: "installs/1", Err: cause},
		fmt.Errorf("install: %w", install.ErrNotFound),
		&loopback.PortError{Addr: "127.0.0.1:8888", Err: syscall.EADDRINUSE},
		&loopback.PortError{Addr: "127.0.0.1:80", Err: syscall.EACCES},
		loopback.ErrTimeout,
		&private.Error{Op: "read", Path: "/x"},
		problem.Usage("wrong"),
		problem.Silent(3),
		&segment.AnswerError{Method: "GET", Path: "workspaces", Problem: "it is not JSON"},
		&segment.FieldError{Key: "a[", Err: cause},
		&segment.HeaderError{},
		&segment.KeyError{Candidates: []string{"apiKey"}},
		&segment.NameError{Text: "x", Problem: "is bad"},
		&segment.NetworkError{Host: "x", Err: cause},
		segment.Problem{Setting: "apiKey", Msg: "is required"},
		&wire.GrantError{Field: "install_name", Problem: "is missing"},
		&wire.IDError{Text: "x y", Problem: "is bad"},
		&wire.InstallNameError{Name: "x/y"},
		&wire.OriginError{URL: "x", Problem: "is bad"},
		&wire.ScopeError{Text: "x"},
	}
	for kind := install.Failed; kind <= install.Overtaken; kind++ {
		all = append(all, &install.StoreError{Kind: kind, Op: "read", Item: "default/installs/1", Store: "keyring"})
	}
	for kind := seal.NoRecipient; kind <= seal.BadIdentity; kind++ {
		sealed := &seal.Error{Kind: kind}
		all = append(all, sealed, &install.StoreError{Kind: install.NoKey, Op: "read", Item: "default/installs/1", Store: "PostgreSQL", Err: sealed})
	}
	for reason := segment.Other; reason <= segment.NoRoute; reason++ {
		for _, path := range []string{
			"workspaces", "workspaces/acme/sources/js", name.String(), name.Parent().String() + "/destinations",
			"catalog/destinations/clearbrain", "installs/7/token",
		} {
			all = append(all, &segment.Error{Method: "GET", Path: path, StatusCode: 500, Reason: reason, Message: "text"})
		}
	}
	for reason := authorize.Other; reason <= authorize.NoInstall; reason++ {
		all = append(all, &authorize.Error{Stage: authorize.StageExchange, Reason: reason, Code: "some_code"})
	}
	return all
}
