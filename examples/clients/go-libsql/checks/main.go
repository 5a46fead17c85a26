// What database/sql with libsql-client-go can do beyond the small program: each door (http://, ws://) runs the same
// checks, and where the client itself does something else on one of them, that is checked too.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/tursodatabase/libsql-client-go/libsql"
)

const (
	name   = "go-libsql"
	module = "github.com/tursodatabase/libsql-client-go"
	places = 20
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintf(os.Stderr, "%s: usage: checks http|ws …\n", name)
		os.Exit(1)
	}
	// Go's default keeps two unused connections; 20 goroutines would open and close the others all the time.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = places
	passed := 0
	for _, scheme := range os.Args[1:] {
		door, err := open(scheme)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %s: %v\n", name, scheme, err)
			os.Exit(1)
		}
		began := time.Now()
		door.checkAll()
		door.db.Close()
		passed += door.passed
		fmt.Printf("%s: %d checks over %s:// in %.1f s\n", name, door.passed, scheme, time.Since(began).Seconds())
	}
	fmt.Printf("OK %s, libsql-client-go %s: %d checks passed\n", name, version(), passed)
}

// door is one way to the database, and the count of what was found right there. One goroutine at a time.
type door struct {
	scheme  string
	address string
	db      *sql.DB
	ctx     context.Context
	passed  int
}

func open(scheme string) (*door, error) {
	base := environment("QUICSQL_URL", "http://127.0.0.1:7775")
	address := scheme + strings.TrimPrefix(base, "http") + "/" + environment("QUICSQL_DATABASE", "app")
	db, err := openDatabase(address, environment("QUICSQL_TOKEN", "dev-token"))
	if err != nil {
		return nil, err
	}
	return &door{scheme: scheme, address: address, db: db, ctx: context.Background()}, nil
}

func openDatabase(address, token string) (*sql.DB, error) {
	connector, err := libsql.NewConnector(address, libsql.WithAuthToken(token))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(places)
	db.SetMaxIdleConns(places)
	return db, nil
}

func (d *door) checkAll() {
	d.checkConnecting()
	d.checkValues()
	d.checkTimes()
	d.checkStatements()
	d.checkScripts()
	d.checkTransactions()
	d.checkErrors()
	d.checkCancelling()
	d.checkManyAtOnce()
	d.checkPausing()
}

func (d *door) websocket() bool {
	return strings.HasPrefix(d.scheme, "ws")
}

// version is that of the module in this very program, as the Go tool wrote it down.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				return dependency.Version
			}
		}
	}
	return "unknown"
}

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return strings.TrimRight(value, "/")
	}
	return otherwise
}
