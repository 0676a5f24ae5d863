package segment

import (
	"errors"
	"strings"
	"testing"
)

func TestFieldsBody(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"f a=1 f b=true f c=null f d=x":                   `{"a":1,"b":true,"c":null,"d":"x"}`,
		"F a=1 F b=true F c=@x":                           `{"a":"1","b":"true","c":"@x"}`,
		"f a=12345678901234567890.10 f b=007 f c=-1e3":    `{"a":12345678901234567890.10,"b":"007","c":-1e3}`,
		`f a={"b":[1]} f c=[] f d="q" f e={x`:             `{"a":{"b":[1]},"c":[],"d":"\"q\"","e":"{x"}`,
		"f a= f b=c=d":                                    `{"a":"","b":"c=d"}`,
		"f a[b][c]=1 f a[b][d]=2 f a[e]=3":                `{"a":{"b":{"c":1,"d":2},"e":3}}`,
		"f a[]=1 f a[]=x":                                 `{"a":[1,"x"]}`,
		"f a[][b]=1 F a[][c]=2 f a[][b]=3":                `{"a":[{"b":1,"c":"2"},{"b":3}]}`,
		"f a[][b][]=1 f a[][b][]=2 f a[][c]=3 f a[][c]=4": `{"a":[{"b":[1,2],"c":3},{"c":4}]}`,
		"f a[][]=1 f a[][]=2":                             `{"a":[[1],[2]]}`,
		"f a[x.y/z]=1":                                    `{"a":{"x.y/z":1}}`,
	}
	for line, want := range tests {
		got, err := FieldsBody(fieldsOf(t, line))
		if string(got) != want || err != nil {
			t.Errorf("%s: %s, %v, want %s", line, got, err, want)
		}
	}
}

func TestFieldsThatDoNotFitTogether(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"f a=1 f a=2", "f a=1 f a[b]=1", "f a=1 f a[]=1", "f a[b]=1 f a[]=1", "f a[]=1 f a[b]=1", "f a[b]=1 f a=1", "f a=null f a=1",
		"f a[=1", "f a]=1", "f a[b=1", "f [a]=1", "f a[b]c=1", "f a[[b]]=1",
	} {
		got, err := FieldsBody(fieldsOf(t, line))
		if _, ok := errors.AsType[*FieldError](err); !ok {
			t.Errorf("%s: %s, %v, want a *FieldError", line, got, err)
		}
	}
}

// fieldsOf reads "f KEY=VALUE" and "F KEY=VALUE", one after the other.
func fieldsOf(t *testing.T, line string) []Field {
	t.Helper()
	var fields []Field
	words := strings.Fields(line)
	for i := 0; i < len(words); i += 2 {
		key, value, _ := strings.Cut(words[i+1], "=")
		f := Field{key, TextValue(value)}
		if words[i] == "f" {
			f.Value = FieldValue(value)
		}
		fields = append(fields, f)
	}
	return fields
}
