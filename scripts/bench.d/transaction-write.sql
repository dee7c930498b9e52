\set first random(1, 100000 * :scale)
\set second random(1, 100000 * :scale)
\set third random(1, 100000 * :scale)
\set delta random(-5000, 5000)
BEGIN;
SELECT abalance FROM pgbench_accounts WHERE aid = :first;
SELECT abalance FROM pgbench_accounts WHERE aid = :second;
SELECT abalance FROM pgbench_accounts WHERE aid = :third;
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :third;
END;
