package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/segctl/segctl/internal/secret"
)

// chunk is how much text of a long result is written at once, in bytes.
const chunk = 64 << 10

// printJSON prints a value as indented JSON.
func (p *Printer) printJSON(value any) error {
	var b bytes.Buffer
	first := true
	isList, err := eachElement(value, func(raw []byte) error {
		if first {
			b.WriteString("[\n  ")
		} else {
			b.WriteString(",\n  ")
		}
		first = false
		if err := json.Indent(&b, raw, "  ", "  "); err != nil {
			return fmt.Errorf("indent result: %w", err)
		}
		return p.flushJSON(&b, chunk)
	})
	switch {
	case err != nil:
		return err
	case isList && first:
		b.WriteString("[]\n")
	case isList:
		b.WriteString("\n]\n")
	default:
		raw, err := marshal(value)
		if err != nil {
			return err
		}
		if err := json.Indent(&b, bytes.TrimSpace(raw), "", "  "); err != nil {
			return fmt.Errorf("indent result: %w", err)
		}
		b.WriteByte('\n')
	}
	return p.flushJSON(&b, 0)
}

// flushJSON is flush for JSON, in colour where that is wanted. It must end between two tokens.
func (p *Printer) flushJSON(b *bytes.Buffer, over int) error {
	if !p.Color || b.Len() <= over {
		return p.flush(b, over)
	}
	defer b.Reset()
	p.painted.Reset()
	paintJSON(&p.painted, secret.CleanDocument(b.Bytes()))
	return p.write(p.painted.Bytes())
}

// flush writes what is in the buffer, if that is more than so many bytes. It must end where a character ends.
func (p *Printer) flush(b *bytes.Buffer, over int) error {
	if b.Len() <= over {
		return nil
	}
	defer b.Reset()
	return p.writeEscaped(b.Bytes())
}

// eachElement calls do with the JSON of each element of a list. It is false for a value that is no list, or that has a JSON
// form of its own.
func eachElement(value any, do func(raw []byte) error) (bool, error) {
	if _, ok := value.(json.Marshaler); ok {
		return false, nil
	}
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice || list.IsNil() || list.Type().Elem().Kind() == reflect.Uint8 {
		return false, nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for i := range list.Len() {
		element := list.Index(i).Addr().Interface() // as within the list, where methods of the pointer count
		if raw, ok := element.(*json.RawMessage); ok && *raw != nil {
			if err := do(bytes.TrimSpace(*raw)); err != nil {
				return true, err
			}
			continue
		}
		b.Reset()
		if err := encoder.Encode(element); err != nil {
			return true, fmt.Errorf("encode result: %w", err)
		}
		if err := do(bytes.TrimSuffix(b.Bytes(), []byte("\n"))); err != nil {
			return true, err
		}
	}
	return true, nil
}
