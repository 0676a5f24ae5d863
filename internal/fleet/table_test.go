package fleet

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/problem"
)

func TestReadTable(t *testing.T) {
	t.Parallel()
	text := "\ufeffapiKey, label ,install\r\n" +
		"\r\n" +
		"\" k1 \",  Acme , installs/1\r\n" +
		",,\r\n" +
		"\"a\"\"b\nc,d\",\"Globex, Inc.\",2\r\n" +
		"k3,,acme/js\r\n"
	table, err := ReadTable(strings.NewReader(text), "customers.csv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"apiKey", "label", "install"}, table.Columns); diff != "" {
		t.Errorf("columns (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"apiKey"}, table.Settings()); diff != "" {
		t.Errorf("settings (-want +got)\n%s", diff)
	}
	type row struct {
		line                int
		install, label, key string
		scope               string
	}
	want := []row{
		{3, "installs/1", "Acme", " k1 ", ""},
		{5, "2", "Globex, Inc.", "a\"b\nc,d", ""},
		{7, "acme/js", "", "k3", ""},
	}
	var got []row
	for _, r := range table.Rows {
		got = append(got, row{r.Line, r.Install(), r.Get("label"), r.Get("apiKey"), r.Get("scope")})
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("rows (-want +got)\n%s", diff)
	}
}

// What a file is not, and what is wrong with its header, is said without a word of what is in it: without a header, the
// first line would be a customer's key.
func TestReadTableRefusesFiles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"empty":            {"", "x.csv is empty: its first line has to name the columns, such as install,label"},
		"blank":            {"\n\n", "x.csv is empty: its first line has to name the columns, such as install,label"},
		"byte order mark":  {"\ufeff", "x.csv is empty: its first line has to name the columns, such as install,label"},
		"header only":      {"install,label\n", "x.csv: there is no row below the header"},
		"only blank rows":  {"install,label\n,\n\n", "x.csv: there is no row below the header"},
		"no header":        {"installs/7,s3cret\n", `x.csv: the header (the first line) has no column "install"`},
		"no header, twice": {"s3cret,s3cret\n", "x.csv: columns 1 and 2 of the header have the same name"},
		"capitals":         {"Install\n7\n", `x.csv: the header (the first line) has no column "install"`},
		"no name":          {"install,\n7,\n", "x.csv: column 2 of the header has no name"},
		"semicolons":       {"install;s3cret\n7;x\n", "x.csv: the columns of the header are not separated by commas: save the file with commas"},
		"tabs":             {"install\ts3cret\n7\tx\n", "x.csv: the columns of the header are not separated by commas: save the file with commas"},
		"lone CR":          {"install,label\r7,s3cret\r", "x.csv: the header is not a line of UTF-8 text: save the file as CSV in UTF-8"},
		"binary":           {"\x7fELF\x02\x01\x00s3cret", "x.csv: the header is not a line of UTF-8 text: save the file as CSV in UTF-8"},
		"spreadsheet":      {"PK\x03\x04s3cret", "x.csv is a spreadsheet or an archive: save it as CSV"},
		"UTF-16":           {"\xff\xfei\x00n\x00", "x.csv is in UTF-16: save it as UTF-8"},
		"Latin-1 header":   {"install,Stra\xdfe\n", "x.csv: the header is not a line of UTF-8 text: save the file as CSV in UTF-8"},
		"quotes in header": {`install,s3c"ret` + "\n", `x.csv: line 1: has a quote in a cell that does not begin with one: such a cell is written "…""…"`},
		"too large":        {"install\n" + strings.Repeat("7", maxTable), "read x.csv: more than 32 MB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadTable(strings.NewReader(test.text), "x.csv")
			if p, ok := errors.AsType[*problem.Error](err); !ok || p.Exit != problem.ExitUsage || p.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// Each bad row is named with its line, its column and the cause, and the good ones are there beside them.
func TestReadRowsNamesBadRows(t *testing.T) {
	t.Parallel()
	text := "install,label,apiKey\n" +
		"installs/1,a,s3cret\n" +
		"2,b\n" + // line 3
		"3,c,s3cret,s3cret\n" +
		",d,s3cret\n" +
		"install/1,e,s3cret\n" +
		"5,f,s3cret\xff\n" +
		"6,g,s3c\"ret\n" +
		"7,h,s3\x00cret\n" +
		"8,i,s3cret\n" +
		"9,j,\"s3cret\n"
	table, faults, err := ReadRows(strings.NewReader(text), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.String())
	}
	want := []string{
		"line 3: has 2 cells, and the header has 3",
		"line 4: has 4 cells, and the header has 3",
		"line 5, column install: is empty",
		"line 6, column install: installs/1 is in line 2 already",
		"line 7, column apiKey: is not UTF-8 text: save the file as UTF-8",
		`line 8: has a quote in a cell that does not begin with one: such a cell is written "…""…"`,
		"line 9, column apiKey: is not UTF-8 text: save the file as UTF-8",
		`line 11: has a quote that is never closed, or text after a closing one: a quote within quotes is written ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got)\n%s", diff)
	}
	var good []string
	for _, row := range table.Rows {
		good = append(good, row.Install())
	}
	if diff := cmp.Diff([]string{"installs/1", "8"}, good); diff != "" {
		t.Errorf("good rows (-want +got)\n%s", diff)
	}
	if _, err := ReadTable(strings.NewReader(text), "x.csv"); err == nil || !strings.HasPrefix(err.Error(), "x.csv: 8 rows are bad: line 3: has 2 cells") {
		t.Errorf("ReadTable: %v", err)
	}
}

func TestRefuseListsAFew(t *testing.T) {
	t.Parallel()
	var faults []Fault
	for i := range 12 {
		faults = append(faults, Fault{i + 2, ColumnInstall, "is empty"})
	}
	got := (&Table{Name: "x.csv"}).Refuse(faults, "nothing was saved").Error()
	if !strings.HasPrefix(got, "x.csv: 12 rows are bad (nothing was saved): line 2, ") || !strings.HasSuffix(got, "line 11, column install: is empty; and 2 more") {
		t.Error(got)
	}
	if got := (&Table{Name: "x.csv"}).Refuse(faults[:1], "").Error(); got != "x.csv: 1 row is bad: line 2, column install: is empty" {
		t.Error(got)
	}
}

// brokenReader fails after what is in it.
type brokenReader struct{ text *strings.Reader }

func (r brokenReader) Read(p []byte) (int, error) {
	if r.text.Len() > 0 {
		return r.text.Read(p)
	}
	return 0, errors.New("input/output error")
}

func TestReadTableReportsReadErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "install", "install\n7\n"} {
		_, err := ReadTable(brokenReader{strings.NewReader(text)}, "x.csv")
		if err == nil || err.Error() != "read x.csv: input/output error" {
			t.Errorf("after %q: %v", text, err)
		}
	}
}

// No text makes the reader panic, or say what is in a column of settings.
func FuzzReadRows(f *testing.F) {
	f.Add("install,label,apiKey\n7,a,k\n")
	f.Add("install\n\"7\n")
	f.Add("\ufeffinstall,a\r\n7\r\n,\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, faults, err := ReadRows(strings.NewReader(text), "x.csv")
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, row := range table.Rows {
			if row.Install() == "" || len(row.cells) != len(table.Columns) || seen[row.Install()] {
				t.Errorf("row %+v of %q", row.cells, table.Columns)
			}
			seen[row.Install()] = true
		}
		for _, fault := range faults {
			if fault.Line < 2 || fault.Problem == "" {
				t.Errorf("fault %+v", fault)
			}
		}
	})
}

func BenchmarkReadTable(b *testing.B) {
	var text strings.Builder
	text.WriteString("install,label,workspace,source,scope,apiKey\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "installs/%d,customer %d,w%d,js,destination/clearbrain,key-%032d\n", i, i, i, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if table, err := ReadTable(strings.NewReader(text.String()), "x.csv"); err != nil || len(table.Rows) != 10_000 {
			b.Fatal(err)
		}
	}
}
