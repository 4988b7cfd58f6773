/** Certificates for as long as a test runs. */
// The library below asks for it first.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';

/** Paths of PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMilliseconds = 24 * 3_600_000;

/** A certificate authority of its own. */
export async function makeAuthority(folder: string, name: string): Promise<Authority> {
  const keys = await makeKeys();
  const subject = `CN=${name}`;
  const made = await X509CertificateGenerator.create({
    ...{ subject, issuer: subject, publicKey: keys.publicKey, signingKey: keys.privateKey },
    ...{ signingAlgorithm: algorithm, serialNumber: serialNumber(), ...validFor(2) },
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { subject, keys, ...(await write(folder, name, made.toString('pem'), keys)) };
}

/** Signed by the authority, for servers and clients with these names. */
export async function makeCertificate(
  folder: string,
  name: string,
  { authority, names, expired = false }: { authority: Authority; names: string[]; expired?: boolean },
): Promise<Certificate> {
  const keys = await makeKeys();
  const made = await X509CertificateGenerator.create({
    ...{ subject: `CN=${name}`, issuer: authority.subject, publicKey: keys.publicKey },
    ...{ signingKey: authority.keys.privateKey, signingAlgorithm: algorithm },
    ...{ serialNumber: serialNumber(), ...validFor(expired ? -1 : 2) },
    extensions: [
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    ] satisfies Extension[],
  });
  return write(folder, name, made.toString('pem'), keys);
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** Positive, as X.509 asks: the first bit is none of the number's. */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}

/** From the day before, since clocks differ; until some days from now, or some days ago. */
function validFor(days: number) {
  const now = Date.now();
  return {
    notBefore: new Date(now + Math.min(days - 1, -1) * dayMilliseconds),
    notAfter: new Date(now + days * dayMilliseconds),
  };
}

async function write(
  folder: string,
  name: string,
  pem: string,
  { privateKey }: webcrypto.CryptoKeyPair,
): Promise<Certificate> {
  const made = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  await Promise.all([
    writeFile(made.certificate, `${pem}\n`),
    writeFile(made.key, `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`, { mode: 0o600 }),
  ]);
  return made;
}
