import { appendFileSync } from 'node:fs';

/** Appends to a container's log in the format of the container runtime interface. */
export function containerLog(file: string): (line: string, at?: Date) => void {
  return (line, at = new Date()) => {
    try {
      appendFileSync(file, `${at.toISOString()} stdout F ${line}\n`);
    } catch {
      // The cluster's folder is gone: so is whoever would read this.
    }
  };
}
