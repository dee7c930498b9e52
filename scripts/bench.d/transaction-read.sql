\set first random(1, 100000 * :scale)
\set second random(1, 100000 * :scale)
\set third random(1, 100000 * :scale)
BEGIN;
SELECT abalance FROM pgbench_accounts WHERE aid = :first;
SELECT abalance FROM pgbench_accounts WHERE aid = :second;
SELECT abalance FROM pgbench_accounts WHERE aid = :third;
END;
