// Users and their balances through database/sql: inserts, a transfer that is committed and one that is rolled back, an
// error and what is in it.
package main

// snippet:imports
import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tursodatabase/libsql-client-go/libsql"
)
// snippet:end

const expected = "ada=70,bob=130,carol=100"

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "go-libsql:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	db, err := connect()
	if err != nil {
		return err
	}
	defer db.Close()

	// snippet:insert
	_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS users_go
		(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, balance INTEGER NOT NULL)`)
	if err != nil {
		return err
	}
	if _, err = db.ExecContext(ctx, "DELETE FROM users_go"); err != nil {
		return err
	}
	for _, name := range []string{"ada", "bob", "carol"} {
		result, err := db.ExecContext(ctx, "INSERT INTO users_go (name, balance) VALUES (?, ?)", name, 100)
		if err != nil {
			return err
		}
		id, _ := result.LastInsertId()
		fmt.Printf("%s has the id %d\n", name, id)
	}
	// snippet:end

	if err = transfer(ctx, db, "ada", "bob", 30); err != nil {
		return err
	}
	// More than carol has: the error comes from transfer itself, and neither half stays.
	if err = transfer(ctx, db, "carol", "bob", 1000); err == nil {
		return errors.New("a transfer of more than there is was not refused")
	}
	fmt.Println("refused:", err)

	// snippet:error
	_, err = db.ExecContext(ctx, "INSERT INTO users_go (name, balance) VALUES ('ada', 1)")
	if err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed: users_go.name") {
		fmt.Println("there is an ada already")
	} else {
		return fmt.Errorf("a second ada: expected an error of the UNIQUE constraint, found: %v", err)
	}
	// snippet:end

	found, err := balances(ctx, db)
	if err != nil {
		return err
	}
	if found != expected {
		return fmt.Errorf("expected %s, found %s", expected, found)
	}
	fmt.Println(found)
	return nil
}

func connect() (*sql.DB, error) {
	base := environment("QUICSQL_URL", "http://127.0.0.1:7775")
	database := environment("QUICSQL_DATABASE", "app")
	token := environment("QUICSQL_TOKEN", "dev-token")
	// snippet:connect
	// The database is the path of the address, as in http://127.0.0.1:7775/app; ws:// works too. Nothing is sent yet.
	connector, err := libsql.NewConnector(base+"/"+database, libsql.WithAuthToken(token))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	db.SetConnMaxIdleTime(time.Hour)
	// snippet:end
	return db, nil
}

// snippet:transaction
// Both halves of the transfer, or neither.
func transfer(ctx context.Context, db *sql.DB, giver, taker string, amount int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing

	// The first statement writes, so the transaction waits here until it may, instead of failing later.
	var left int64
	err = tx.QueryRowContext(ctx, "UPDATE users_go SET balance = balance - ? WHERE name = ? RETURNING balance",
		amount, giver).Scan(&left)
	if err != nil {
		return err
	}
	if left < 0 {
		return fmt.Errorf("%s lacks %d", giver, -left)
	}
	_, err = tx.ExecContext(ctx, "UPDATE users_go SET balance = balance + ? WHERE name = ?", amount, taker)
	if err != nil {
		return err
	}
	return tx.Commit()
}

// snippet:end

// snippet:query
func balances(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, "SELECT name, balance FROM users_go ORDER BY name")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var name string
		var balance int64
		if err := rows.Scan(&name, &balance); err != nil {
			return "", err
		}
		found = append(found, fmt.Sprintf("%s=%d", name, balance))
	}
	return strings.Join(found, ","), rows.Err()
}

// snippet:end

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return strings.TrimRight(value, "/")
	}
	return otherwise
}
