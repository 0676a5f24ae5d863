package install

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/segctl/segctl/internal/wire"
)

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"v":1,"name":"installs/7","origin":"https://platform.segmentapis.com","obtained_at":"2026-03-01T12:00:00Z","expires_at":"2026-03-01T13:00:00Z","token":"t"}`))
	f.Add([]byte(`{"v":2,"name":"installs/7","label":"acme","issuer":"https://id.segmentapis.com","origin":"http://127.0.0.1:8899","workspaces":["a b"],"expires_at":"2026-03-01T13:00:00Z","token":"t"}`))
	f.Add([]byte(`{"v":3,"name":"installs/7"}`))
	f.Add([]byte(`{"v":1,"name":"installs/../8","origin":"javascript:alert(1)"`))
	f.Add([]byte(`{"v":1}{"v":1}`))
	f.Add([]byte("\x00\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := DecodeRecord(data, "installs/7")
		if err != nil {
			if !isKind(err, Corrupt) && !isKind(err, Newer) {
				t.Errorf("untyped: %v", err)
			}
			return
		}
		saved, err := EncodeRecord(i)
		if isKind(err, TooLarge) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeRecord(saved, "installs/7")
		if err != nil {
			t.Fatalf("what was saved cannot be read: %v", err)
		}
		if second, err := EncodeRecord(again); err != nil || !bytes.Equal(saved, second) {
			t.Errorf("%s became %s, %v", saved, second, err)
		}
	})
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"v":1,"current":"installs/7","installs":["installs/7","installs/8"]}`))
	f.Add([]byte(`{"v":1,"installs":null}`))
	f.Add([]byte(`{"v":9,"installs":{}}`))
	f.Add([]byte(`{"v":1,"current":"installs/9","installs":["installs/7"`))
	f.Add([]byte(``))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decodeIndex(data)
		if err != nil {
			if !isKind(err, Corrupt) && !isKind(err, Newer) {
				t.Errorf("untyped: %v", err)
			}
			return
		}
		saved, err := encodeJSON(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeIndex(saved)
		if err != nil {
			t.Fatalf("what was saved cannot be read: %v", err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Error(diff)
		}
	})
}

func FuzzGrant(f *testing.F) {
	f.Add([]byte(exchanged))
	f.Add([]byte(refreshed))
	f.Add([]byte(`{"access_token":"","expires_in":-1}`))
	f.Add([]byte(`{"access_token":"x","expires_in":9223372036854775807,"install_name":"install/10","source_names":["","\u0000"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := wire.DecodeGrant(body)
		if err != nil {
			return
		}
		i, err := New(g, binding(), noon)
		if err != nil {
			return
		}
		saved, err := EncodeRecord(i)
		if err != nil || len(saved) > MaxRecord {
			t.Fatalf("an accepted grant cannot be saved: %d bytes, %v", len(saved), err)
		}
		again, err := DecodeRecord(saved, i.Name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(i, again, cmpopts.EquateEmpty()); diff != "" || again.Token != g.AccessToken || !again.ExpiresAt.After(noon) {
			t.Errorf("%s became %s", body, saved)
		}
	})
}
