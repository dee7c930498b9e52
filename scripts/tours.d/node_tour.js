// What an application does with node-postgres; every line must be the same with and without pgrouter.
const { Client } = require('pg');

const client = new Client({ host: '127.0.0.1', port: Number(process.argv[2]), user: 'app', password: 'app-secret', database: 'app' });

const one = async (sql, values) => Object.values((await client.query(sql, values)).rows[0])[0];

const error = async (sql) => {
  try {
    await client.query(sql);
  } catch (e) {
    console.log('error', e.code);
  }
};

const tour = async () => {
  await client.connect();
  await client.query('DROP TABLE IF EXISTS node_tour; CREATE TABLE node_tour(id serial PRIMARY KEY, v text)');
  for (let i = 0; i < 200; i++) {
    const { rows } = await client.query('INSERT INTO node_tour(v) VALUES ($1) RETURNING id', ['own ' + i]);
    console.log(rows[0].id, await one('SELECT count(*) FROM node_tour WHERE v = $1', ['own ' + i]));
  }
  for (let i = 0; i < 10; i++) {
    const { rows } = await client.query({ name: 'by id', text: 'SELECT v FROM node_tour WHERE id = $1', values: [i + 1] });
    console.log(rows[0].v);
  }
  const queued = [1, 2, 3, 4, 5].map((n) => one('SELECT $1::int * 2', [n]));
  console.log(await Promise.all(queued));
  for (const sql of ['SELECT 1/0', 'SELECT * FROM missing', 'INSERT INTO node_tour(id) VALUES (1)']) {
    await error(sql);
  }
  await client.query('BEGIN');
  await client.query("INSERT INTO node_tour(v) VALUES ('lost')");
  await error('SELECT 1/0');
  await client.query('ROLLBACK');
  console.log(await one("SELECT count(*) FROM node_tour WHERE v = 'lost'"));
  await client.query("SET app.tenant = 'seven'");
  console.log(await one("SELECT current_setting('app.tenant')"));
  const heard = new Promise((resolve) => client.once('notification', (message) => resolve(message.payload)));
  await client.query('LISTEN tour');
  await client.query("NOTIFY tour, 'to itself'");
  console.log(await heard);
  await client.query('UNLISTEN *');
  console.log((await one("SELECT repeat('x', 3000000)")).length);
  console.log(await one('SELECT length($1)', ['y'.repeat(2000000)]));
  await client.end();
};

tour().catch((e) => {
  console.log('failed', e.message);
  process.exit(1);
});
