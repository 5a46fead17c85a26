package main

import (
	"fmt"
	"sync"
	"time"
)

func (d *door) checkErrors() {
	d.exec("DROP TABLE IF EXISTS strict_go")
	d.exec("CREATE TABLE strict_go (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER CHECK (age > 0)," +
		" thing INTEGER REFERENCES things_go (id))")
	held := d.hold()
	defer held.Close()
	for _, each := range []struct{ text, part string }{
		{"SELEC 1", `near "SELEC": syntax error`},
		{"SELECT * FROM nothing_go", "no such table: nothing_go"},
		{"SELECT absent FROM strict_go", "no such column: absent"},
		{"INSERT INTO strict_go (name) VALUES (NULL)", "NOT NULL constraint failed: strict_go.name"},
		{"INSERT INTO strict_go (name, age) VALUES ('a', -1)", "CHECK constraint failed: age > 0"},
		{"INSERT INTO strict_go (name, thing) VALUES ('a', 999999)", "FOREIGN KEY constraint failed"},
		{"COMMIT", "no transaction is active"},
		{"ATTACH 'x' AS y", "ATTACH"},
	} {
		_, err := held.ExecContext(d.ctx, each.text)
		d.refused(each.text, err, each.part)
		var one int64
		d.must("the same connection after "+each.text, held.QueryRowContext(d.ctx, "SELECT 1").Scan(&one))
		d.passed++
	}
	_, err := held.QueryContext(d.ctx, "SELECT * FROM nothing_go")
	d.refused("a query that fails", err, "no such table: nothing_go")
	d.equal("none of it was stored", d.count("strict_go"), int64(0))

	wrong, err := openDatabase(d.address, "no-such-token")
	d.must("open", err)
	defer wrong.Close()
	if !d.websocket() {
		// The driver's Ping has not the form that database/sql looks for, so nobody is asked.
		d.must("Ping over http://, which sends nothing, with a wrong token", wrong.PingContext(d.ctx))
		d.passed++
	}
	d.refused("a wrong token", wrong.QueryRowContext(d.ctx, "SELECT 1").Scan(new(any)), d.wrongToken())
	unknown, err := openDatabase(d.address+"-nowhere", environment("QUICSQL_TOKEN", "dev-token"))
	d.must("open", err)
	defer unknown.Close()
	d.refused("a database that is not there", unknown.QueryRowContext(d.ctx, "SELECT 1").Scan(new(any)), "unknown database")
}

// checkManyAtOnce lets 20 goroutines move amounts between accounts, each in transactions of its own.
func (d *door) checkManyAtOnce() {
	const rounds = 5
	d.exec("DROP TABLE IF EXISTS accounts_go")
	d.exec("CREATE TABLE accounts_go (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, moves INTEGER NOT NULL)")
	for id := 0; id < places; id++ {
		d.exec("INSERT INTO accounts_go VALUES (?, 100, 0)", id)
	}
	d.inParallel("transfers at once", func(me int) error {
		for round := 1; round <= rounds; round++ {
			if err := d.move(me, (me+round)%places, 7); err != nil {
				return err
			}
		}
		return nil
	})
	d.equal("nothing is lost or made by transfers at once", d.one("SELECT sum(balance) FROM accounts_go"), int64(100*places))
	d.equal("and each took place", d.one("SELECT sum(moves) FROM accounts_go"), int64(2*rounds*places))

	query, err := d.db.PrepareContext(d.ctx, "SELECT balance FROM accounts_go WHERE id = ?")
	d.must("prepare", err)
	defer query.Close()
	d.inParallel("reads at once by one prepared statement", func(me int) error {
		for round := 0; round < 10; round++ {
			var balance int64
			if err := query.QueryRowContext(d.ctx, me).Scan(&balance); err != nil {
				return err
			}
			if _, err := d.db.ExecContext(d.ctx, "UPDATE accounts_go SET moves = moves + 1 WHERE id = ?", me); err != nil {
				return err
			}
		}
		return nil
	})
	d.equal("writes at once without a transaction", d.one("SELECT sum(moves) FROM accounts_go"),
		int64(2*rounds*places+10*places))
	stats := d.db.Stats()
	d.that(fmt.Sprintf("no more connections than the pool may have: %d", stats.OpenConnections),
		stats.OpenConnections <= places && stats.InUse == 0)
}

func (d *door) move(giver, taker int, amount int64) error {
	tx, err := d.db.BeginTx(d.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, change := range []struct {
		id int
		by int64
	}{{giver, -amount}, {taker, amount}} {
		_, err = tx.ExecContext(d.ctx, "UPDATE accounts_go SET balance = balance + ?, moves = moves + 1 WHERE id = ?",
			change.by, change.id)
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (d *door) inParallel(check string, work func(me int) error) {
	errs := make([]error, places)
	var all sync.WaitGroup
	for me := range errs {
		all.Add(1)
		go func() {
			defer all.Done()
			errs[me] = work(me)
		}()
	}
	all.Wait()
	for _, err := range errs {
		d.must(check, err)
	}
	d.passed++
}

// checkPausing leaves connections alone, lets the pool close what is idle, and keeps a transaction idle for so long that
// the server ends it for those who wait.
func (d *door) checkPausing() {
	held := d.hold()
	defer held.Close()
	_, err := held.ExecContext(d.ctx, "PRAGMA foreign_keys = OFF")
	d.must("PRAGMA", err)

	d.db.SetConnMaxIdleTime(500 * time.Millisecond)
	tx, err := d.db.BeginTx(d.ctx, nil)
	d.must("begin", err)
	d.execTx(tx, "INSERT INTO ledger_go (name) VALUES ('lost')")
	began := time.Now()
	d.exec("INSERT INTO ledger_go (name) VALUES ('waited')")
	d.that(fmt.Sprintf("who waits for a quiet transaction gets on: %v", time.Since(began)), time.Since(began) < patience)
	// Never may a commit say yes to what the server has rolled back.
	d.refused("the commit of a transaction that the server ended", tx.Commit(), "transaction")
	d.equal("what stays of a lost transaction",
		d.texts("SELECT name FROM ledger_go WHERE name IN ('lost', 'waited')"), []string{"waited"})

	for deadline := time.Now().Add(patience); d.db.Stats().MaxIdleTimeClosed == 0; {
		d.that("the pool closes what is idle", time.Now().Before(deadline))
		d.passed--
		<-time.After(50 * time.Millisecond)
	}
	d.passed++
	d.db.SetConnMaxIdleTime(0)
	d.equal("after the pool closed what was idle", d.one("SELECT 1"), int64(1))
	var on int64
	d.must("after a pause", held.QueryRowContext(d.ctx, "PRAGMA foreign_keys").Scan(&on))
	d.equal("a held connection goes on after a pause with its setting", on, int64(0))
}

func (d *door) wrongToken() string {
	if d.websocket() {
		return "handshake error"
	}
	return "401"
}
