package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tursodatabase/libsql-client-go/libsql"
)

func (d *door) checkConnecting() {
	d.must("ping", d.db.PingContext(d.ctx))
	d.passed++
	slash, err := openDatabase(d.address+"/", environment("QUICSQL_TOKEN", "dev-token"))
	d.must("open with a slash at the end", err)
	defer slash.Close()
	var one int64
	d.must("a slash at the end", slash.QueryRowContext(d.ctx, "SELECT 1").Scan(&one))
	d.equal("an address with a slash at the end", one, int64(1))
	named, err := sql.Open("libsql", d.address+"?authToken="+environment("QUICSQL_TOKEN", "dev-token"))
	d.must("open by name", err)
	defer named.Close()
	d.must("a token in the address", named.QueryRowContext(d.ctx, "SELECT 2").Scan(&one))
	d.equal("a token in the address", one, int64(2))
	if d.websocket() {
		return
	}
	connector, err := libsql.NewConnector("libsql"+strings.TrimPrefix(d.address, d.scheme),
		libsql.WithAuthToken(environment("QUICSQL_TOKEN", "dev-token")), libsql.WithTls(false))
	d.must("open libsql://", err)
	plain := sql.OpenDB(connector)
	defer plain.Close()
	d.must("libsql:// without TLS", plain.QueryRowContext(d.ctx, "SELECT 3").Scan(&one))
	d.equal("libsql:// without TLS", one, int64(3))
}

func (d *door) checkValues() {
	d.exec("DROP TABLE IF EXISTS values_go")
	d.exec("CREATE TABLE values_go (id INTEGER PRIMARY KEY, v)")
	for _, each := range []struct {
		what string
		sent any
		kind string
	}{
		{"the smallest integer", int64(math.MinInt64), "integer"},
		{"the largest integer", int64(math.MaxInt64), "integer"},
		{"2^53 + 1", int64(1<<53 + 1), "integer"},
		{"zero", int64(0), "integer"},
		{"a fraction", 0.1, "real"},
		{"a float that is whole", 3.0, "real"},
		{"a large float", 1.7976931348623157e308, "real"},
		{"a tiny float", 5e-324, "real"},
		{"empty text", "", "text"},
		{"an emoji", "grüße 👩‍🚀 漢字", "text"},
		{"text with NUL", "a\x00b", "text"},
		{"quotes and slashes", "/ ' \" \\ </script> \u2028 \t\r\n", "text"},
		{"a large text", strings.Repeat("é0123456", 1<<17), "text"},
		{"an empty blob", []byte{}, "blob"},
		{"a blob of 1 byte", []byte{0xff}, "blob"},
		{"a blob of 2 bytes", []byte{0xff, 0xfe}, "blob"},
		{"a blob of 3 bytes", []byte{0xff, 0xfe, 0xfd}, "blob"},
		{"a blob of 4 bytes", []byte{0, 0xfb, 0xf0, 0x3f}, "blob"},
		{"a large blob", bytes.Repeat([]byte{0xff, 0, 7, 0x80}, 1<<18), "blob"},
		{"NULL", nil, "null"},
	} {
		d.exec("DELETE FROM values_go")
		d.exec("INSERT INTO values_go (v) VALUES (?)", each.sent)
		// The driver reads a blob that it cannot decode, as one with padding, as NULL and says nothing: so ask both.
		d.equal(each.what+": its type", d.one("SELECT typeof(v) FROM values_go"), each.kind)
		d.equal(each.what, d.one("SELECT v FROM values_go"), each.sent)
	}
	d.equal("a blob's bytes as the server sees them", d.one("SELECT hex(?)", []byte{0xff, 0xfe}), "FFFE")
	d.equal("true is sent as 1", d.one("SELECT ?", true), int64(1))
	d.equal("a nil slice is sent as an empty blob, not as NULL", d.one("SELECT typeof(?)", []byte(nil)), "blob")
	d.equal("an infinite result is NULL", d.one("SELECT 9e999"), nil)
	d.equal("bytes that are not UTF-8 become U+FFFD in text", d.one("SELECT ?", "a\xffb"), "a\ufffdb")
	_, err := d.db.ExecContext(d.ctx, "INSERT INTO values_go (v) VALUES (?)", math.Inf(1))
	d.refused("an infinite argument is refused by the driver", err, "unsupported value: +Inf")
	d.equal("and the next statement runs", d.one("SELECT 1"), int64(1))

	var absent, empty sql.NullString
	err = d.db.QueryRowContext(d.ctx, "SELECT NULL, ''").Scan(&absent, &empty)
	d.must("scan NULL and empty text", err)
	d.equal("NULL", absent, sql.NullString{})
	d.equal("empty text is not NULL", empty, sql.NullString{String: "", Valid: true})
	var number int8
	err = d.db.QueryRowContext(d.ctx, "SELECT 300").Scan(&number)
	d.refused("an integer that is too large for its variable", err, "value out of range")
}

func (d *door) checkTimes() {
	d.exec("DROP TABLE IF EXISTS times_go")
	d.exec("CREATE TABLE times_go (moment DATETIME DEFAULT CURRENT_TIMESTAMP, stamp timestamp, plain TEXT)")
	noon := time.Date(2024, 2, 29, 12, 30, 15, 123456789, time.FixedZone("", 2*60*60))
	written := "2024-02-29 12:30:15.123456789+02:00"
	if d.websocket() {
		_, err := d.db.ExecContext(d.ctx, "INSERT INTO times_go (moment) VALUES (?)", noon)
		d.refused("a time is no argument over ws://", err, "unsupported value type")
		d.exec("INSERT INTO times_go (moment, stamp, plain) VALUES (?1, ?1, ?1)", written)
		d.equal("a DATETIME column is text over ws://", d.one("SELECT moment FROM times_go"), written)
		return
	}
	d.exec("INSERT INTO times_go (moment, stamp, plain) VALUES (?1, ?1, ?1)", noon)
	var moment, stamp time.Time
	var plain any
	err := d.db.QueryRowContext(d.ctx, "SELECT moment, stamp, plain FROM times_go").Scan(&moment, &stamp, &plain)
	d.must("scan times", err)
	d.that("a time in a DATETIME column: "+moment.String(), moment.Equal(noon))
	d.that("a time in a timestamp column: "+stamp.String(), stamp.Equal(noon))
	d.equal("a time in a TEXT column is text", plain, written)
	d.equal("an expression has no declared type", d.one("SELECT moment || '' FROM times_go"), written)

	d.exec("DELETE FROM times_go")
	d.exec("INSERT INTO times_go (plain) VALUES ('now')")
	d.must("scan now", d.db.QueryRowContext(d.ctx, "SELECT moment FROM times_go").Scan(&moment))
	d.that("CURRENT_TIMESTAMP is about now: "+fmt.Sprint(moment), time.Since(moment).Abs() < 10*time.Minute)
	d.exec("UPDATE times_go SET stamp = '2024-02-29'")
	d.must("scan a date", d.db.QueryRowContext(d.ctx, "SELECT stamp FROM times_go").Scan(&stamp))
	d.equal("a date alone is midnight in UTC", stamp, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC))
}
