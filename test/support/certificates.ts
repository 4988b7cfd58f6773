/** Certificates made by openssl, for as long as a test runs. */
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority of its own. Answers paths of PEM files. */
export async function makeAuthority(folder: string, name: string): Promise<Certificate> {
  const made = paths(folder, name);
  await execa('openssl', [
    ...['req', '-x509', ...elliptic, '-days', '2', '-subj', `/CN=${name}`],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ...['-keyout', made.key, '-out', made.certificate],
  ]);
  return made;
}

/** Signed by the authority. `names` as openssl writes them: `DNS:example.com`. */
export async function makeCertificate(
  folder: string,
  name: string,
  { authority, names, expired = false }: { authority: Certificate; names: string; expired?: boolean },
): Promise<Certificate> {
  const made = paths(folder, name);
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  await writeFile(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  await execa('openssl', [
    'req',
    '-new',
    ...elliptic,
    ...['-subj', `/CN=${name}`, '-keyout', made.key, '-out', request],
  ]);
  await execa('openssl', [
    ...['x509', '-req', '-in', request, '-CA', authority.certificate, '-CAkey', authority.key],
    ...['-CAcreateserial', '-extfile', extensions, '-out', made.certificate],
    ...['-days', expired ? '-1' : '2'],
  ]);
  return made;
}

function paths(folder: string, name: string): Certificate {
  return { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
}
