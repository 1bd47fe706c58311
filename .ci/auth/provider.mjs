// An authorization server (oidc-provider): prints its address, and rotates its key when it reads a line.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';

const modules = createRequire(`${process.env.AUTH_MODULES}/x.js`);
const { default: Provider } = await import(modules.resolve('oidc-provider'));
let number = 0;
const key = () => ({ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: `key-${++number}` });
const server = createServer((request, response) => handle(request, response));
server.listen(0, '127.0.0.1');
await new Promise((listening) => server.once('listening', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
let handle;

function begin() {
  const provider = new Provider(issuer, {
    jwks: { keys: [key()] },
    clients: [{
      client_id: 'robot', client_secret: 'robot-secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
      id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'client_secret_basic',
    }],
    scopes: ['orders:read', 'orders:write'],
    features: {
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({ audience: resource, scope: 'orders:read orders:write', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      },
    },
  });
  handle = provider.callback();
}

begin();
console.log(issuer);
process.stdin.on('data', () => { begin(); console.log('rotated'); });
process.stdin.on('end', () => process.exit(0));
