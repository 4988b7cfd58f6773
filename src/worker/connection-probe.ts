/**
 * Why a connection could not be made. The SDK tells it in words of its libraries; Node tells it in codes, so
 * it is tried once more by Node, only to be able to say what is wrong.
 */
import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ConnectionSettings } from './connection-settings.ts';

export type Trouble =
  | { readonly kind: 'unreachable'; readonly code: string }
  /** Asked in clear, and it answers TLS only; or the other way round. */
  | { readonly kind: 'speaksTls' }
  | { readonly kind: 'speaksNoTls' }
  | { readonly kind: 'badFiles'; readonly why: string }
  | { readonly kind: 'unknownAuthority'; readonly code: string }
  | { readonly kind: 'otherName'; readonly expected: string; readonly why: string }
  | { readonly kind: 'expired'; readonly code: string }
  | { readonly kind: 'clientRefused'; readonly code: string }
  /** None of these: what refuses is behind TLS. */
  | { readonly kind: 'none' };

const timeoutMilliseconds = 15_000;
/** A server that does not like the client's certificate says so after the handshake. */
const refusalMilliseconds = 3_000;

export async function findTrouble({ address, options }: ConnectionSettings): Promise<Trouble> {
  const { tls } = options;
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  const port = Number(address.slice(at + 1));
  const reached = await outcome(connectTcp({ host, port }), 'connect');
  if (reached !== undefined) return { kind: 'unreachable', code: reached };
  const isPlain = tls === undefined || tls === null || tls === false;
  const given = isPlain || tls === true ? {} : tls;
  const servername = given.serverNameOverride ?? host;
  const common: ConnectionOptions = {
    host,
    port,
    ALPNProtocols: ['h2'],
    checkServerIdentity: () => undefined,
  };
  if (isPlain) {
    const code = await tlsOutcome({ ...common, rejectUnauthorized: false }, servername);
    return code === undefined || isClientRefusal(code) ? { kind: 'speaksTls' } : { kind: 'none' };
  }
  const { serverRootCACertificate: ca, clientCertPair: pair } = given;
  const { checkServerIdentity: _without, ...checked } = common;
  const code = await tlsOutcome(
    {
      ...checked,
      ...(ca === undefined || ca === null ? {} : { ca: Buffer.from(ca) }),
      ...(pair === undefined || pair === null
        ? {}
        : { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) }),
    },
    servername,
  );
  if (code === undefined) return { kind: 'none' };
  if (expiry.has(code)) return { kind: 'expired', code };
  if (authority.has(code)) return { kind: 'unknownAuthority', code };
  if (code.startsWith(nameMismatch))
    return { kind: 'otherName', expected: servername, why: code.slice(nameMismatch.length) };
  if (isClientRefusal(code)) return { kind: 'clientRefused', code };
  if (code.startsWith(unusable)) return { kind: 'badFiles', why: code.slice(unusable.length) };
  return noTls.has(code) ? { kind: 'speaksNoTls' } : { kind: 'none' };
}

const expiry = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const authority = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]);
const noTls = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'EPROTO',
  'ECONNRESET',
]);
const nameMismatch = 'ERR_TLS_CERT_ALTNAME_INVALID ';
const unusable = 'unusable ';

/** OpenSSL's names of TLS alerts that are about the client's own certificate. */
function isClientRefusal(code: string): boolean {
  return /^ERR_SSL_(TLSV13_|TLSV1_|SSLV3_)?ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|HANDSHAKE_FAILURE|ACCESS_DENIED)/.test(
    code,
  );
}

async function tlsOutcome(options: ConnectionOptions, servername: string): Promise<string | undefined> {
  // An IP address is no name to ask for, but still what the certificate must hold.
  const name = isIP(servername) === 0 ? { servername } : {};
  try {
    return await outcome(connectTls({ ...options, ...name }), 'secureConnect', refusalMilliseconds);
  } catch (error) {
    return unusable + (error instanceof Error ? error.message : String(error));
  }
}

/** The code of what went wrong; `undefined`: nothing. */
async function outcome(socket: Socket, event: string, stay = 0): Promise<string | undefined> {
  const failed = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException & { reason?: string }) => {
      const code = error.code ?? error.message;
      resolve(
        error.reason === undefined || !nameMismatch.startsWith(code) ? code : nameMismatch + error.reason,
      );
    });
  });
  const done = once(socket, event).then(
    () => sleep(stay, undefined),
    () => failed,
  );
  const late = sleep(timeoutMilliseconds, 'ETIMEDOUT', { ref: false });
  try {
    return await Promise.race([failed, done, late]);
  } finally {
    socket.destroy();
  }
}
