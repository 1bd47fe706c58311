// The authorization flow of a client: 401, metadata, authorization server, token, call; key rotation, DPoP, and the
// algorithms of a mock.
import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const modules = createRequire(`${process.env.AUTH_MODULES}/x.js`);
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const failures = [];
const check = (name, ok, shown) => {
  console.log(`${ok ? 'ok   ' : 'FAIL '} ${name}`);
  if (!ok) failures.push([name, shown]);
};

// Returns the next line of a process that starts with this prefix.
function run(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = [];
  const waiting = [];
  const take = (line) => { lines.push(line); waiting.splice(0).forEach((wake) => wake()); };
  createInterface(child.stdout).on('line', take);
  createInterface(child.stderr).on('line', take);
  child.until = async (pattern) => {
    const end = Date.now() + 30_000;
    for (;;) {
      const found = lines.map((line) => line.match(pattern)).find(Boolean);
      if (found) return found;
      if (Date.now() > end || child.exitCode !== null) throw new Error(`no ${pattern} in:\n${lines.join('\n')}`);
      await new Promise((wake) => { waiting.push(wake); setTimeout(wake, 200); });
    }
  };
  return child;
}

const free = async () => {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
};

async function serve(issuer) {
  const port = await free();
  const url = `http://127.0.0.1:${port}`;
  const server = run(process.env.SECURE_SERVER, ['http', '--bind', `127.0.0.1:${port}`], {
    MCP_OAUTH_ISSUER: issuer, MCP_PUBLIC_URL: url, 

  });
  await server.until(/listening on/);
  return { server, url: `${url}/mcp` };
}

const body = (name) => JSON.stringify({
  jsonrpc: '2.0', id: 1, method: 'tools/call',
  params: { name, arguments: { id: 7 }, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } },
});
const call = (url, headers = {}, name = 'order') => fetch(url, {
  method: 'POST', body: body(name),
  headers: {
    'content-type': 'application/json', accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name, ...headers,
  },
});

// A DPoP proof (RFC 9449).
function proof(key, url, extra = {}) {
  const jwk = key.publicKey.export({ format: 'jwk' });
  const head = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk });
  const claims = encode({ jti: randomUUID(), htm: 'POST', htu: url, iat: Math.floor(Date.now() / 1000), ...extra });
  const signature = sign('sha256', Buffer.from(`${head}.${claims}`), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${head}.${claims}.${signature.toString('base64url')}`;
}

const provider = run(process.execPath, [new URL('provider.mjs', import.meta.url).pathname]);
const [issuer] = await provider.until(/^http:.*/);
const { server, url } = await serve(issuer);

const refused = await call(url);
const challenge = refused.headers.get('www-authenticate') ?? '';
check('a call without a token is 401 with a challenge', refused.status === 401 && challenge.startsWith('Bearer '), challenge);
const metadata = await (await fetch(challenge.match(/resource_metadata="([^"]+)"/)[1])).json();
check('the metadata names the resource and the issuer', metadata.resource === url && metadata.authorization_servers[0] === issuer, metadata);
const discovered = await (await fetch(`${metadata.authorization_servers[0]}/.well-known/openid-configuration`)).json();
const token = async (scope, headers = {}) => {
  const response = await fetch(discovered.token_endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('robot:robot-secret').toString('base64')}`, ...headers },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: metadata.resource }),
  });
  const answer = await response.json();
  if (!answer.access_token) throw new Error(JSON.stringify(answer));
  return answer.access_token;
};
const bearer = (text) => ({ authorization: `Bearer ${text}` });

const reader = await token('orders:read');
const read = await call(url, bearer(reader));
const text = await read.text();
check('a call with a token is answered', read.status === 200 && text.includes('three books'), text);
const written = await call(url, bearer(reader), 'cancel');
check('a call without its scope is 403 with the scope', written.status === 403 && written.headers.get('www-authenticate')?.includes('scope="orders:write"'), await written.text());
const writer = await call(url, bearer(await token('orders:read orders:write')), 'cancel');
check('a call with its scope is answered', writer.status === 200, await writer.text());
const changed = `${reader.slice(0, -6)}AAAAAA`;
check('a changed token is 401', (await call(url, bearer(changed))).status === 401);

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const bound = await token('orders:read', { dpop: proof(key, discovered.token_endpoint) });
const ath = createHash('sha256').update(bound).digest('base64url');
const proved = proof(key, url, { ath });
const sent = { authorization: `DPoP ${bound}`, dpop: proved };
check('a bound token with its proof is answered', (await call(url, sent)).status === 200);
check('a proof passes once', (await call(url, sent)).status === 401);
check('a bound token without a proof is 401', (await call(url, bearer(bound))).status === 401);

provider.stdin.write('\n');
await provider.until(/rotated/);
const rotated = await call(url, bearer(await token('orders:read')));
check('the first token of a new key is answered', rotated.status === 200, await rotated.text());
server.kill();
provider.stdin.end();

const { OAuth2Server } = await import(modules.resolve('oauth2-mock-server'));
for (const algorithm of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']) {
  const mock = new OAuth2Server();
  await mock.issuer.keys.generate(algorithm);
  await mock.start(0, '127.0.0.1');
  mock.issuer.url = `http://127.0.0.1:${mock.address().port}`;
  const own = await serve(mock.issuer.url);
  const mint = (change) => mock.issuer.buildToken({
    scopesOrTransform: (header, payload) => {
      header.typ = 'at+jwt';
      Object.assign(payload, { sub: 'ann', aud: own.url, scope: 'orders:read' });
      change?.(payload);
    },
  });
  check(`${algorithm} is answered`, (await call(own.url, bearer(await mint()))).status === 200);
  const expired = await mint((payload) => { payload.exp = 1; });
  check(`${algorithm}, expired, is 401`, (await call(own.url, bearer(expired))).status === 401);
  own.server.kill();
  await mock.stop();
}

failures.forEach(([name, shown]) => console.error(name, shown));
process.exit(failures.length ? 1 : 0);
