/** Where a server of the worker listens: read from its command line. */
import { isIP } from 'node:net';
import { StartError } from './start-error.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, or `0.0.0.0:8080` for all. Throws `StartError`. */
export function parseListenAddress(flag: string, text: string): ListenAddress {
  const [, host = '', digits = ''] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  const address = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
  const port = Number(digits);
  const bracketed = host.startsWith('[');
  if ((isIP(address) === 6 ? bracketed : isIP(address) === 4 && !bracketed) && port >= 1 && port <= 65_535) {
    return { host: address, port };
  }
  throw new StartError(
    `${flag} ${text}: that is no address to listen at. Write an IP address and a port, for example ` +
      `127.0.0.1:8080 or [::1]:8080; 0.0.0.0:8080 listens on all addresses.`,
    2,
  );
}

/** As it is written in a URL. */
export function listenAddressText({ host, port }: ListenAddress): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;
}

/** What to say when the system does not let the worker listen there. */
export function cannotListen(flag: string, address: ListenAddress, why: string): StartError {
  return new StartError(
    `${flag} ${listenAddressText(address)}: the worker cannot listen there: ${why}. ` +
      'Choose another address or port, or end what uses it.',
  );
}
