package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFolder(t *testing.T) {
	t.Parallel()
	f := Folder{filepath.Join(t.TempDir(), "state", "secrets")}
	if _, err := f.Read("a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read: %v", err)
	}
	if _, err := f.Names(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Names: %v", err)
	}
	if err := f.Remove("a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Remove: %v", err)
	}
	write(t, f, "a", "first, and longer")
	write(t, f, "a", "second")
	write(t, f, "b", "")
	wantContent(t, f, "a", "second")
	wantContent(t, f, "b", "")
	names, err := f.Names()
	if slices.Sort(names); err != nil || !cmp.Equal(names, []string{"a", "b"}) {
		t.Errorf("Names: %q, %v", names, err)
	}
	if err := f.Remove("a"); err != nil {
		t.Error(err)
	}
	if _, err := f.Read("a"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join(f.Path, "a")) {
		t.Errorf("Read after Remove: %v", err)
	}
	write(t, f, "huge", strings.Repeat("x", maxFile+1))
	_, err = f.Read("huge")
	wantKind(t, err, TooLarge, filepath.Join(f.Path, "huge"))
	write(t, f, "large", strings.Repeat("x", maxFile))
	wantContent(t, f, "large", strings.Repeat("x", maxFile))
}

func TestEach(t *testing.T) {
	t.Parallel()
	f := Folder{filepath.Join(t.TempDir(), "cards")}
	write(t, f, "a.json", "A")
	write(t, f, "b.json", "B")
	write(t, f, "current", "C")
	if err := os.Mkdir(filepath.Join(f.Path, "d.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.json", filepath.Join(f.Path, "e.json")); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err := f.Each(".json", func(name string, data []byte, err error) error {
		if name == "e.json" {
			wantKind(t, err, NotRegular, filepath.Join(f.Path, name))
			return nil
		}
		got[name] = string(data)
		return err
	})
	if diff := cmp.Diff(map[string]string{"a.json": "A", "b.json": "B"}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	stop := errors.New("stop")
	if err := f.Each(".json", func(string, []byte, error) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the callback: %v", err)
	}
}

func TestPrepared(t *testing.T) {
	t.Parallel()
	f := Folder{filepath.Join(t.TempDir(), "secrets")}
	write(t, f, "a", "old")
	p, err := f.Prepare("a", 100)
	if err != nil {
		t.Fatal(err)
	}
	wantContent(t, f, "a", "old")
	p.Abort()
	p.Abort()
	wantContent(t, f, "a", "old")
	for _, data := range []string{"short", strings.Repeat("longer than was prepared", 10)} {
		if p, err = f.Prepare("a", 100); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit([]byte(data)); err != nil {
			t.Error(err)
		}
		p.Abort()
		wantContent(t, f, "a", data)
	}
	if left := dotFiles(t, f.Path); len(left) > 0 {
		t.Errorf("temporary files are left: %q", left)
	}
}

// A renewal may wait for its server for longer than a minute, while another process lists the folder.
func TestPreparedForLong(t *testing.T) {
	t.Parallel()
	f := Folder{t.TempDir()}
	if err := os.Chmod(f.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := f.Prepare("a", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range dotFiles(t, f.Path) {
		age(t, filepath.Join(f.Path, name))
	}
	if _, err := f.Names(); err != nil {
		t.Fatal(err)
	}
	if left := dotFiles(t, f.Path); len(left) > 0 {
		t.Fatalf("the temporary file is still there: %q", left)
	}
	if err := p.Commit([]byte("new")); err != nil {
		t.Error(err)
	}
	wantContent(t, f, "a", "new")
}

func TestTemporaryFilesAreCleared(t *testing.T) {
	t.Parallel()
	f := Folder{filepath.Join(t.TempDir(), "secrets")}
	write(t, f, "a", "x")
	write(t, f, ".config.lock", "")
	for _, name := range []string{".a75577006791947779410", ".b1"} {
		write(t, f, name, "half")
	}
	age(t, filepath.Join(f.Path, ".a75577006791947779410"))
	age(t, filepath.Join(f.Path, ".config.lock"))
	names, err := f.Names()
	if slices.Sort(names); err != nil || !cmp.Equal(names, []string{".config.lock", "a"}) {
		t.Errorf("Names: %q, %v", names, err)
	}
	if diff := cmp.Diff([]string{".b1", ".config.lock"}, dotFiles(t, f.Path)); diff != "" {
		t.Errorf("only what is old is cleared away:\n%s", diff)
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	f := Folder{filepath.Join(t.TempDir(), "cards")}
	write(t, f, "b", "old")
	taken, err := f.Create(map[string][]byte{"a": []byte("A"), "b": []byte("B"), "c": []byte("C")})
	if err != nil || !cmp.Equal(taken, []string{"b"}) {
		t.Errorf("taken: %q, %v", taken, err)
	}
	wantContent(t, f, "a", "A")
	wantContent(t, f, "b", "old")
	wantContent(t, f, "c", "C")
	if left := dotFiles(t, f.Path); len(left) > 0 {
		t.Errorf("temporary files are left: %q", left)
	}
}

func TestTextsHaveFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, text := range []string{"a/b", "A/b", "a+b", "a%2bb", "../b", "..%2fb", ".b", "b", "a/installs/7", "a/client_secret", "é/x", ""} {
		name := strings.ToLower(FileName(text))
		if other, taken := seen[name]; taken {
			t.Errorf("%q and %q are both kept in %s", text, other, name)
		}
		if strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\:") {
			t.Errorf("%q is kept in %s", text, name)
		}
		seen[name] = text
		if back, ok := TextOf(FileName(text)); !ok || back != text {
			t.Errorf("%q comes back as %q, %v", text, back, ok)
		}
	}
	for _, name := range []string{"A", "%", "%4", "%zz", "%61", "a b", ".a"} {
		if text, ok := TextOf(name); ok {
			t.Errorf("%q is taken for the name of %q", name, text)
		}
	}
}

func age(t *testing.T, path string) {
	t.Helper()
	then := time.Now().Add(-2 * abandonedAfter)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func dotFiles(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			found = append(found, e.Name())
		}
	}
	return found
}
