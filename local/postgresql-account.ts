import { execa } from 'execa';

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; then another account of this machine runs it. */
export async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (which) => {
        const { stdout, failed } = await execa('id', [which, name], { reject: false });
        return failed ? undefined : Number(stdout);
      }),
    );
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it as.',
  );
}
