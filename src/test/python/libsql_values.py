"""Every kind of value, there and back, with the libsql package.

What this package cannot carry, and how to do without: a Python int outside of 32 bits leaves as a floating-point number.
A column of INTEGER affinity turns it back, which is exact to 2^53 and wrong above. Larger integers are written into the
SQL text or sent as text with a CAST; reading them is exact.
"""

import libsql

from checks import TOKEN, URL, fails, same

connection = libsql.connect(URL, auth_token=TOKEN)


def one(sql, *args):
    row = connection.execute(sql, args).fetchone()
    return row[0] if len(row) == 1 else row


connection.execute("DROP TABLE IF EXISTS val")
connection.execute("CREATE TABLE val (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, x)")
connection.commit()


def there_and_back(column, value):
    """Through an INSERT, to show affinity and storage, and through a bare parameter."""
    cursor = connection.execute(f"INSERT INTO val ({column}) VALUES (?)", (value,))
    connection.commit()
    return one(f"SELECT {column} FROM val WHERE id = ?", cursor.lastrowid)


# Integers that fit 32 bits.
for value in (0, 1, -1, 2**31 - 1, -(2**31)):
    same(one("SELECT ?", value), value, "bare integer")
    same(there_and_back("i", value), value, "stored integer")
# Up to 2^53 the column's affinity makes integers of them again.
for value in (2**31, -(2**31) - 1, 2**53, -(2**53)):
    same(there_and_back("i", value), value, "integer over 32 bits in an INTEGER column")
    same(one("SELECT typeof(?)", value), "real", "how the package sends an integer over 32 bits")
# All 64 bits: written in the SQL, or cast from text.
for value in (2**53 + 1, 2**63 - 1, -(2**63)):
    literal = str(value) if value != -(2**63) else "-9223372036854775807 - 1"
    same(one(f"SELECT {literal}"), value, "integer in the SQL text")
    same(one("SELECT CAST(? AS INTEGER)", str(value)), value, "integer sent as text")
    connection.execute(f"INSERT INTO val (i) VALUES ({literal})")
    same(one("SELECT i FROM val WHERE id = last_insert_rowid()"), value, "stored 64-bit integer")
    connection.commit()
    same(one(f"SELECT count(*) FROM val WHERE i = {literal}"), 1, "found by its value")
same(one("SELECT ?", True), 1, "true")
same(one("SELECT ?", False), 0, "false")

# Floating point.
for value in (0.0, 0.1, -1.5, 1e300, 5e-324, 1.7976931348623157e308, 100.0, 1234567.0):
    same(one("SELECT ?", value), value, "bare float")
    same(there_and_back("r", value), value, "stored float")
same(one("SELECT typeof(?)", 100.0), "real", "a whole float stays REAL")

# Text.
for value in (
    "",
    "plain",
    "quotes ' \" and \\ backslash / slash",
    "Grüße, 世界, שלום",
    "emoji 👍🏽 👩‍👩‍👧‍👦 🇪🇺",
    "control \x01\x1f\x7f tab\t newline\n return\r",
    "line separators \u2028 \u2029",
    "byte order mark \ufeff in the middle",
    "not characters \uffff \U0010ffff",
    "null \x00 in the middle",
    "\x00",
    "x" * 100_000,
    "👍" * 20_000,
):
    same(one("SELECT ?", value), value, "bare text")
    same(there_and_back("t", value), value, "stored text")
same(one("SELECT hex(?)", "a\x00b"), "610062", "NUL inside a text is stored")
fails(lambda: one("SELECT 'a\x00b'"))
same(one("SELECT 1"), 1, "after NUL in the SQL")
same(one("SELECT 'emoji 👍 in the SQL' AS \"column 👍\""), "emoji 👍 in the SQL", "emoji in the SQL")

# Blobs: every remainder of base64, and one that is large.
for length in (0, 1, 2, 3, 4, 255, 256, 70_000):
    value = bytes((i * 7 + 251) % 256 for i in range(length))
    same(one("SELECT ?", value), value, f"bare blob of {length} bytes")
    same(there_and_back("b", value), value, f"stored blob of {length} bytes")
    same(one("SELECT typeof(?), length(?)", value, value), ("blob", length), f"a blob of {length} bytes is a blob")

# NULL, and what has no affinity.
same(one("SELECT ?", None), None, "null")
same(there_and_back("x", "12"), "12", "text without affinity")
same(there_and_back("x", 12), 12, "integer without affinity")
same(there_and_back("x", 12.0), 12.0, "float without affinity")
same(there_and_back("i", "12"), 12, "text in an INTEGER column")
same(one("SELECT 9e999"), None, "infinity is null on the wire")

# Many columns and parameters, and numbered ones.
wide = one("SELECT " + ", ".join(["?"] * 500), *range(500))
same(wide, tuple(range(500)), "500 parameters")
same(one("SELECT ?2, ?1, ?2", "a", "b"), ("b", "a", "b"), "numbered parameters")

# Text that looks like a date stays as it is.
connection.execute("DROP TABLE IF EXISTS val_dates")
connection.execute("CREATE TABLE val_dates (d DATETIME, e DATE, f TIMESTAMP, g BOOLEAN)")
connection.execute("INSERT INTO val_dates VALUES ('2024-02-30 25:00', '1/2/3', '1700000000', 'true')")
connection.commit()
same(
    connection.execute("SELECT * FROM val_dates").fetchall(),
    [("2024-02-30 25:00", "1/2/3", 1700000000, "true")],
    "dates are never reformatted",
)

print("OK libsql_values")
