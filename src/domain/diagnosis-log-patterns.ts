/** What programs write when they end for a reason that is not their own. The first that matches is told. */
import type { DiagnosisRuleId } from './diagnosis-rules.ts';

export interface LogPattern {
  readonly id: DiagnosisRuleId;
  readonly matches: (line: string) => boolean;
  /** Completes "container shop …". */
  readonly says: string;
  readonly cause: string;
  readonly remedy: string;
}

const database =
  /postgres|psql|mysql|mariadb|mongo|redis|database|\bdb\b|jdbc|hikari|sqlalchemy|psycopg|\bpgx\b|:5432|:3306|:27017|:6379|:1433|:1521|cockroach|cassandra|\bsql\b/i;
const unreachable =
  /connection refused|\bECONNREFUSED\b|(?:could not|cannot|can't|unable to|failed to) (?:connect|reach|establish|open connection|resolve (?!placeholder|module|symbol|import|dependenc|type|reference))|no such host|\bENOTFOUND\b|\bEAI_AGAIN\b|name or service not known|name resolution|could not translate host name|unknown ?host|i\/o timeout|connect(?:ion)?[^.]{0,20} (?:timed ?out|time ?out(?!s?\b\s*[:=(]))|\bETIMEDOUT\b|no route to host|\bEHOSTUNREACH\b|network is unreachable|server closed the connection|connection reset|\bECONNRESET\b|communications link failure/i;
const login =
  /password authentication failed|access denied for user|role "[^"]+" does not exist|ORA-01017|login failed for user|no pg_hba\.conf entry|\bWRONGPASS\b|NOAUTH Authentication|invalid username-password pair|SASL authentication failed|authentication failed.*(?:mongo|database)/i;
const migration =
  /\bmigrat\w*\b.{0,80}(?:\b(?:fail|error|abort|unable|dirty|missing)|could not|locked|checksum mismatch|\bpending\b|not (?:been )?(?:run|applied))|\b(?:failed|failure|error|abort\w*|unable|could not|cannot|pending|unapplied)\b.{0,40}\bmigrat|relation "[^"]+" does not exist|no such table|table '[^']+' doesn't exist|column "?[\w.]+"?(?: of relation "[^"]+")? does not exist|unknown column|dirty database version|can't locate revision|schema version\b.{0,60}(?:mismatch|does not match|expected|required|unsupported|incompatible|unknown|too (?:old|new)|behind|ahead)|(?:unsupported|incompatible|unknown|unexpected|wrong) schema version/i;
const memory =
  /OutOfMemoryError|heap out of memory|^MemoryError|\bMemoryError\b|runtime: out of memory|cannot allocate memory|ENOMEM\b/i;
const certificate =
  /x509:|certificate verify failed|certificate (?:has expired|is not (?:yet )?(?:valid|trusted)|signed by unknown)|self[- ]signed certificate|unable to (?:get local issuer|verify the first) certificate|PKIX path building failed|SSLHandshakeException|tls: (?:bad certificate|handshake failure|failed to verify)|CERT_HAS_EXPIRED|DEPTH_ZERO_SELF_SIGNED/i;
const library =
  /cannot find (?:module|package)|ERR_MODULE_NOT_FOUND|ModuleNotFoundError|ImportError|No module named|ClassNotFoundException|NoClassDefFoundError|error while loading shared libraries|cannot open shared object file|could not load file or assembly|cannot load such file|version `?GLIBC/i;
const setting = String.raw`(?:environment|env[- ]?vars?|config\w*|settings?)`;
const fault = String.raw`(?:missing|required|undefined|unset|empty|invalid|unknown|unrecogni[sz]ed|malformed|unsupported|not set|must be set|not defined|not found|(?:failed to|could not|cannot) (?:load|parse|read))`;
const configuration = new RegExp(
  String.raw`\b${fault}\b.{0,40}\b${setting}\b|\b${setting}\b.{0,60}\b${fault}\b|\b(?:unknown|unrecogni[sz]ed|unsupported|invalid|missing|required) (?:command[- ]line )?(?:option|flag)s?\b|\b(?:unknown|unrecogni[sz]ed) (?:command[- ]line )?arguments?\b|could not resolve placeholder|yaml: (?:line|unmarshal)|ERR_INVALID_URL|no such file or directory.*\.(?:ya?ml|json|toml|conf|ini|properties|env)\b|\.(?:ya?ml|json|toml|conf|ini|properties|env)\b.*no such file or directory`,
  'i',
);
/** In capitals, as the names of environment variables are; names of errors look alike. */
const variable = /\b(?!(?:ERR|ER|SQLITE|SSL|TLS|CERT|EAI|HTTP|ORA)_)[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/;
const variableFault =
  /\b(?:missing|required|undefined|unset|empty|invalid|not set|must be set|not defined|not found)\b/i;
const lookedUp = /\bKeyError: ['"][A-Z][A-Z0-9_]*['"]/;
/** A fault of the program: what it names is no setting. */
const programFault =
  /cannot read propert|undefined (?:method|local variable|array key)|is not a function|positional argument|has no attribute/i;

function rejectsConfiguration(line: string): boolean {
  if (programFault.test(line)) return false;
  return configuration.test(line) || lookedUp.test(line) || (variable.test(line) && variableFault.test(line));
}

const matching =
  (pattern: RegExp) =>
  (line: string): boolean =>
    pattern.test(line);

export const logPatterns: readonly LogPattern[] = [
  {
    id: 'database-login-refused',
    matches: matching(login),
    says: 'is refused by its database',
    cause: 'The user or the password is wrong, was rotated, or may not use this database.',
    remedy: 'Compare the credentials in its Secret with the database, and restart the pods after a change',
  },
  {
    id: 'database-unreachable',
    matches: (line) => unreachable.test(line) && database.test(line),
    says: 'cannot reach its database',
    cause:
      'The database is down, its address or port in the configuration is wrong, or a NetworkPolicy or firewall is between.',
    remedy: 'Check that the database runs and that its address is right',
  },
  {
    id: 'migration-failed',
    matches: matching(migration),
    says: 'ends at a database migration',
    cause:
      'The migration of this version fails, or the schema is not the one that the version expects because it has not run.',
    remedy: 'Read the migration’s output and repair the schema before the next attempt',
  },
  {
    id: 'certificate-refused',
    matches: matching(certificate),
    says: 'does not accept a TLS certificate',
    cause:
      'A certificate has expired, is for another name, or is signed by an authority that the image does not know.',
    remedy: 'Renew the certificate, or give the container the authority’s certificate',
  },
  {
    id: 'heap-exhausted',
    matches: matching(memory),
    says: 'runs out of its own heap',
    cause:
      'The runtime’s own limit (for example -Xmx or --max-old-space-size) is reached, not the container’s.',
    remedy: 'Raise the runtime’s limit together with the memory limit, or find the leak',
  },
  {
    id: 'disk-full',
    matches: matching(/no space left on device|ENOSPC|disk quota exceeded|disk (?:is )?full/i),
    says: 'finds no space left on a device',
    cause: 'A volume, or the node’s disk behind an emptyDir or the container’s own layer, is full.',
    remedy: 'Enlarge or clean the volume',
  },
  {
    id: 'port-in-use',
    matches: matching(
      /address already in use|EADDRINUSE|port \d+ (?:is |was )?(?:already )?in use|only one usage of each socket address/i,
    ),
    says: 'finds its port in use already',
    cause: 'Two programs in the pod listen on the same port, or the pod uses the host’s network.',
    remedy: 'Give one of the containers another port',
  },
  {
    id: 'library-missing',
    matches: matching(library),
    says: 'lacks a module or library',
    cause: 'The image was built without something that the program needs.',
    remedy: 'Rebuild the image; run it locally first',
  },
  {
    id: 'permission-denied',
    matches: matching(
      /permission denied|EACCES|\bEPERM\b|operation not permitted|read-only file ?system|EROFS|access is denied/i,
    ),
    says: 'is not allowed to do something that it needs',
    cause:
      'The user that the container runs as may not read or write a file, use a port below 1024, or the root file system is read-only.',
    remedy: 'Compare securityContext (runAsUser, fsGroup, readOnlyRootFilesystem) with what it needs',
  },
  {
    id: 'configuration-rejected',
    matches: (line) => rejectsConfiguration(line) && !unreachable.test(line),
    says: 'does not accept its configuration',
    cause:
      'A value in its environment, arguments or configuration file is missing or wrong for this version.',
    remedy: 'Compare the environment and the ConfigMap with what this version asks for',
  },
  {
    id: 'dependency-unreachable',
    matches: (line) => unreachable.test(line),
    says: 'cannot reach another service',
    cause: 'The other service is down, its address is wrong, or a NetworkPolicy or firewall is between.',
    remedy: 'Check that what the line names runs, and that its address is right',
  },
];
