"""What an application does with psycopg; every line must be the same with and without pgrouter."""

import io
import select
import sys
import time

import psycopg2

connection = psycopg2.connect(host="127.0.0.1", port=sys.argv[1], user="app", password="app-secret", dbname="app")
connection.autocommit = True
cursor = connection.cursor()


def one(sql, *values):
    cursor.execute(sql, values)
    return cursor.fetchone()[0]


def error(sql):
    try:
        cursor.execute(sql)
    except psycopg2.Error as e:
        print("error", e.pgcode)


cursor.execute("DROP TABLE IF EXISTS psycopg_tour")
cursor.execute("CREATE TABLE psycopg_tour(id serial PRIMARY KEY, v text)")
cursor.execute(
    "CREATE OR REPLACE FUNCTION psycopg_write(t text) RETURNS int LANGUAGE plpgsql AS"
    " $$BEGIN INSERT INTO psycopg_tour(v) VALUES (t); RETURN 1; END$$"
)
for i in range(200):
    one("SELECT psycopg_write(%s)", "own %d" % i)
    print(i, one("SELECT count(*) FROM psycopg_tour WHERE v = %s", "own %d" % i))
    if i % 20 == 0:
        time.sleep(0.02)

for sql in ("SELECT 1/0", "SELECT * FROM missing", "SELEC 1", "INSERT INTO psycopg_tour(id) VALUES (1)"):
    error(sql)

connection.autocommit = False
cursor.execute("INSERT INTO psycopg_tour(v) VALUES ('kept')")
cursor.execute("SAVEPOINT a")
error("SELECT 1/0")
cursor.execute("ROLLBACK TO a")
connection.commit()
cursor.execute("INSERT INTO psycopg_tour(v) VALUES ('lost')")
connection.rollback()
print(one("SELECT count(*) FROM psycopg_tour WHERE v IN ('kept', 'lost')"))
connection.rollback()

named = connection.cursor("named")
named.itersize = 7
named.execute("SELECT generate_series(1, 100)")
print(sum(row[0] for row in named))
connection.rollback()

connection.set_session(readonly=True, autocommit=False)
print(one("SELECT count(*) > 100 FROM psycopg_tour"))
error("INSERT INTO psycopg_tour(v) VALUES ('never')")
connection.rollback()
connection.set_session(readonly=False, autocommit=True)

cursor.copy_from(io.StringIO("a\nb\nc\n"), "psycopg_tour", columns=("v",))
out = io.StringIO()
cursor.copy_expert("COPY (SELECT v FROM psycopg_tour WHERE length(v) = 1 ORDER BY id) TO STDOUT", out)
print(out.getvalue().split())

cursor.execute("LISTEN tour; NOTIFY tour, 'to itself'")
select.select([connection], [], [], 0)
connection.poll()
print([notice.payload for notice in connection.notifies])
cursor.execute("UNLISTEN *")

cursor.execute("SET app.tenant = 'seven'")
print(one("SELECT current_setting('app.tenant')"))
cursor.execute("BEGIN")
cursor.execute("SET app.tenant = 'eight'")
cursor.execute("ROLLBACK")
print(one("SELECT current_setting('app.tenant')"))
cursor.execute("CREATE TEMP TABLE psycopg_tour AS SELECT 'temporary'::text AS v")
print(one("SELECT v FROM psycopg_tour"))
cursor.execute("DROP TABLE pg_temp.psycopg_tour")
print(one("SELECT count(*) > 100 FROM psycopg_tour"))
cursor.execute("SET statement_timeout = '50ms'")
error("SELECT pg_sleep(5)")
cursor.execute("RESET statement_timeout")
print(len(one("SELECT repeat('x', 3000000)")))
print(one("SELECT length(%s)", "y" * 2000000))
