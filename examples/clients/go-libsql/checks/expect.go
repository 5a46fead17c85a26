package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
)

// patience bounds every wait for something that must come to pass.
const patience = 30 * time.Second

func (d *door) fail(check, expected, found string) {
	fmt.Fprintf(os.Stderr, "%s: over %s://: %s: expected %s, found %s\n", name, d.scheme, check, expected, found)
	os.Exit(1)
}

func (d *door) equal(check string, found, expected any) {
	if !reflect.DeepEqual(found, expected) {
		d.fail(check, shown(expected), shown(found))
	}
	d.passed++
}

func (d *door) that(check string, holds bool) {
	if !holds {
		d.fail(check, "that it holds", "that it does not")
	}
	d.passed++
}

// refused checks that there is an error and that its text has all of the parts.
func (d *door) refused(check string, err error, parts ...string) {
	if err == nil {
		d.fail(check, "an error", "none")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			d.fail(check, fmt.Sprintf("an error with %q in it", part), fmt.Sprintf("%q", err.Error()))
		}
	}
	d.passed++
}

// must ends the program on an error that nothing asked for; it is no check.
func (d *door) must(doing string, err error) {
	if err != nil {
		d.fail(doing, "no error", fmt.Sprintf("%q", err.Error()))
	}
}

func (d *door) exec(text string, arguments ...any) {
	_, err := d.db.ExecContext(d.ctx, text, arguments...)
	d.must(text, err)
}

// one is the only cell of a query's only row, as the driver hands it out.
func (d *door) one(query string, arguments ...any) any {
	var cell any
	d.must(query, d.db.QueryRowContext(d.ctx, query, arguments...).Scan(&cell))
	return cell
}

func (d *door) count(table string) any {
	return d.one("SELECT count(*) FROM " + table)
}

func shown(value any) string {
	text := fmt.Sprintf("%#v (%T)", value, value)
	if len(text) > 200 {
		text = text[:200] + " …"
	}
	return text
}
